"""The locks fit pyproject.toml: whoever installs by them gets what it asks for, by hash."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def pins(name: str) -> dict[str, list[tuple[str, str]]]:
    """Package → (version, the text up to the next package), a pin for each marker."""
    text = (ROOT / name).read_text("utf-8")
    found: dict[str, list[tuple[str, str]]] = {}
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE | re.IGNORECASE)[1:]:
        pin = re.match(r"([a-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", block, re.IGNORECASE)
        assert pin is not None, f"{name}: {block.splitlines()[0]} is not pinned"
        found.setdefault(canonicalize_name(pin[1]), []).append((pin[2], block))
    return found


def asked(group: str) -> list[Requirement]:
    """The requirements of a dependency group, those of the groups it includes among them."""
    found: list[Requirement] = []
    for each in PROJECT["dependency-groups"][group]:
        given: Any = each
        included = isinstance(given, dict)
        found += asked(given["include-group"]) if included else [Requirement(given)]
    return found


RUN = [Requirement(each) for each in PROJECT["project"]["dependencies"]]


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", RUN + asked("build")),
        ("requirements-dev.lock", RUN + asked("dev")),
    ],
)
def test_every_requirement_is_locked_by_a_version_that_fits(
    lock: str, wanted: list[Requirement]
) -> None:
    locked = pins(lock)
    for each in wanted:
        versions = [version for version, _ in locked.get(canonicalize_name(each.name), [])]
        assert versions, f"{lock} lacks {each}: run make lock"
        assert all(each.specifier.contains(version) for version in versions), (each, versions)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_pin_has_hashes(lock: str) -> None:
    for name, found in pins(lock).items():
        assert all("--hash=sha256:" in block for _, block in found), name


def test_what_is_tested_is_what_is_run() -> None:
    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    for name, found in run.items():
        assert [version for version, _ in dev[name]] == [version for version, _ in found], name
