"""Files for the browser: fingerprints for long caching, and Bootstrap's icons drawn in place."""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import flask_bootstrap
from flask import Flask, current_app
from markupsafe import Markup

from web.security import STATIC

BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5"


@cache
def fingerprint(folder: str, filename: str) -> str | None:
    """A short hash of a file's content, or None when there is no such file."""
    path = Path(folder) / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else None


def add_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
    """Give every URL of a static file its fingerprint as ``v``."""
    if endpoint not in STATIC or "filename" not in values:
        return
    owner = current_app if endpoint == "static" else current_app.blueprints["bootstrap"]
    values["v"] = fingerprint(str(owner.static_folder), values["filename"])


@cache
def _symbols() -> dict[str, str]:
    sprite = (BOOTSTRAP / "icons" / "bootstrap-icons.svg").read_text("utf-8")
    pattern = r'<symbol[^>]*viewBox="0 0 16 16" id="([^"]+)">(.*?)</symbol>'
    return dict(re.findall(pattern, sprite, re.DOTALL))


@cache
def icon(name: str) -> Markup:
    """One of Bootstrap's icons as inline SVG, hidden from screen readers."""
    # The shapes come from a file of an installed package, never from a person or a tracker.
    shape = Markup(_symbols()[name])  # noqa: S704
    return Markup(
        '<svg class="icon" width="16" height="16" viewBox="0 0 16 16" fill="currentColor"'
        ' aria-hidden="true" focusable="false">{}</svg>'
    ).format(shape)


def tracker_icon(tracker: str) -> Markup:
    """The tracker's own icon where Bootstrap draws one, else its first letter in a square."""
    if tracker in _symbols():
        return icon(tracker)
    letter = tracker[:1].upper() or "?"
    return Markup('<span class="tracker-letter" aria-hidden="true">{}</span>').format(letter)


def install(app: Flask) -> None:
    """Make icons and fingerprints available to all templates."""
    app.url_defaults(add_fingerprint)
    app.add_template_global(icon, "icon")
    app.add_template_global(tracker_icon, "tracker_icon")
