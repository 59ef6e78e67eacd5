"""GitHub's webhook deliveries: hints which issue changed, never data."""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from urllib.parse import parse_qs

from connector.errors import BadReading
from integrations.github.told import Told, told
from integrations.kit.decode import Undecodable, decode
from integrations.kit.fields import Fields
from integrations.kit.signature import header
from integrations.tracker import Delivery

INSTALLATION = "installation"
"""The option that holds the id of the app's installation a connection signs in by."""
_NAME = re.compile(r"[a-z0-9_.-]{1,60}", re.ASCII)
_LONGEST = 128


def delivery(headers: Mapping[str, str], body: bytes) -> Delivery:
    """Read a body; the identifier is GitHub's, the same when it delivers again.

    Events that change no number, and whatever GitHub invents next, are read as nothing, so that
    they are accepted.
    """
    event = header(headers, "X-GitHub-Event").strip()
    if not _NAME.fullmatch(event):
        wrong = "is not the name of an event" if event else "is missing"
        raise BadReading("X-GitHub-Event", wrong, "the delivery")
    fields = _body(headers, body)
    found = told(event, fields)
    places = _with_owners({hint.source for hint in found.hints} | found.places)
    return Delivery(
        identifier=_identifier(headers, body),
        event=_named(event, fields),
        sources=places,
        lists=_with_owners(found.places) if found.lists else frozenset(),
        hints=found.hints,
        below=found.below,
        fits=_installation(fields, found),
        access=found.access,
    )


def _with_owners(places: Iterable[str]) -> frozenset[str]:
    """These sources, and those that read all repositories of their owners."""
    found = frozenset(places)
    return found | {f"{each.partition('/')[0]}/*" for each in found}


def _named(event: str, fields: Fields) -> str:
    action = fields.maybe_text("action") or ""
    return f"{event}.{action}" if _NAME.fullmatch(action) else event


def _installation(fields: Fields, found: Told) -> dict[str, str]:
    """An app hears of all its installations; a connection is one of them."""
    there = fields.values.get("installation")
    if not isinstance(there, dict) or not (found.access or there.get("id")):
        return {}
    return {INSTALLATION: Fields(there, "installation.", fields.item).identifier("id")}


def _identifier(headers: Mapping[str, str], body: bytes) -> str:
    named = header(headers, "X-GitHub-Delivery").strip()
    if named and named.isascii() and named.isprintable() and len(named) <= _LONGEST:
        return named
    text = named.encode("utf-8", "replace") if named else body
    return f"sha256:{sha256(text).hexdigest()}"


def _body(headers: Mapping[str, str], body: bytes) -> Fields:
    try:
        value = decode(_json(headers, body), unique=True)
    except (Undecodable, ValueError) as error:
        raise BadReading("body", str(error), "the delivery") from error
    if not isinstance(value, dict):
        raise BadReading("body", "is not an object", "the delivery")
    return Fields(value, item="the delivery")


def _json(headers: Mapping[str, str], body: bytes) -> bytes:
    if "x-www-form-urlencoded" not in header(headers, "Content-Type").lower():
        return body
    form = parse_qs(body.decode("ascii"), max_num_fields=5)
    return form.get("payload", [""])[0].encode("utf-8", "replace")
