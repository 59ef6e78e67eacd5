"""Commands about the field mappings of connections."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from connector.errors import Refused
from sync import connections, mappings
from sync.mappings import Saved, Saving, Version
from sync.runtime import Runtime
from web import words
from web.commands import previewing
from web.commands.console import OK, Console, out_json
from web.commands.text import on


def show(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """One version of a mapping, as the file that would set it."""
    name, wanted = given["name"], given["version"]
    found = _versions(runtime, name)
    version = next((each for each in found if wanted in {None, each.version}), None)
    if wanted is not None and version is None:
        there = ", ".join(str(each.version) for each in reversed(found)) or "none"
        raise Refused(f"--version: {name} has no mapping version {wanted}; there are: {there}")
    if given["as_json"]:
        out_json(console, {"connection": name, **_as_json(version)})
        return OK
    if version is None:
        console.err(f"{name} has no field mapping: the tracker's own words count")
        return OK
    zone = runtime.settings.zone
    console.err(f"version {version.version}, {on(version.at, zone)} by {version.author}")
    console.out(yaml.safe_dump(dict(version.body), sort_keys=False, allow_unicode=True).rstrip())
    return OK


def versions(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Every version, newest first, with what changed in it."""
    found = _versions(runtime, given["name"])
    before = [*(each.body for each in found[1:]), {}]
    pairs = zip(found, before, strict=False)
    told = [(each, _changed(old, each.body)) for each, old in pairs]
    if given["as_json"]:
        listed = [{**_as_json(each), "changed": names} for each, names in told]
        out_json(console, {"connection": given["name"], "versions": listed})
        return OK
    if not found:
        console.err(f"{given['name']} has no field mapping: the tracker's own words count")
    for each, names in told:
        restored = f", as in version {each.restores}" if each.restores else ""
        when = on(each.at, runtime.settings.zone)
        console.out(f"{each.version}  {when}  {each.author}{restored}: {each.reason}")
        console.out(f"   changed: {', '.join(names) or 'nothing'}")
    return OK


def save(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Save a mapping, or say what that would do."""
    if given["dry_run"]:
        return previewing.mapping(runtime, given, console)
    document = mappings.parse(given["text"], given["file"])
    _said(mappings.save(runtime, given["name"], document, _saving(given)), given, console)
    return OK


def restore(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Save an earlier version as the newest one."""
    saved = mappings.restore(runtime, given["name"], given["version"], _saving(given))
    _said(saved, given, console)
    return OK


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [each.name for each in mappings.differences(before, after)]


def _versions(runtime: Runtime, name: str) -> Sequence[Version]:
    with runtime.store.read() as session:
        connections.find(session, name)
        return mappings.versions(session, name)


def _saving(given: Mapping[str, Any]) -> Saving:
    return Saving(author=given["author"], reason=given["reason"], reapply=given["reapply"])


def _said(saved: Saved, given: Mapping[str, Any], console: Console) -> None:
    if given["as_json"]:
        names = ("version", "links", "waiting", "not_retold")
        out_json(console, {name: getattr(saved, name) for name in names})
        return
    follow = f"{words.plural(saved.links, 'link')} counted by it"
    console.out(f"{given['name']}: field mapping version {saved.version} saved, {follow}")
    if saved.waiting:
        wait = words.plural(saved.waiting, "link")
        console.out(f"{wait} unknown until the tracker was read again: worklift sync")
    if saved.not_retold:
        untold = words.plural(saved.not_retold, "link")
        console.out(f"{untold} without a past that can be told anew")


def _as_json(each: Version | None) -> dict[str, Any]:
    """A version's object; where none was saved, the mapping that changes nothing."""
    if each is None:
        told = dict.fromkeys(("author", "reason", "at", "restores"))
        return {"version": None, "mapping": {}, **told}
    return {
        "version": each.version,
        "mapping": dict(each.body),
        "author": each.author,
        "reason": each.reason,
        "at": each.at.isoformat().replace("+00:00", "Z"),
        "restores": each.restores,
    }
