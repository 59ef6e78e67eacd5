"""The commands that apply a plan file, and write the stored plan as one."""

from collections.abc import Mapping
from typing import Any

from connector.effects import LinkEffect
from sync import planning
from sync.preview import preview_plan
from sync.runtime import Runtime
from web.commands.console import OK, Console, out_json
from web.commands.effect_text import effect_lines


def apply(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Apply a plan file's text, or say what that would do."""
    applied = planning.apply(
        runtime,
        given["text"],
        name=given["name"],
        author=given["author"],
        dry_run=given["dry_run"],
        reapply=given["reapply"],
    )
    if not given["dry_run"]:
        _show(applied, None, given, console)
        return OK
    _show(applied, preview_plan(runtime, given["text"], name=given["name"]), given, console)
    return OK


def export(runtime: Runtime, _given: Mapping[str, Any], console: Console) -> int:
    """Write the stored plan as a plan file."""
    with runtime.store.read() as session:
        console.out(planning.exported(session).rstrip("\n"))
    return OK


def _show(
    applied: planning.Applied,
    effects: tuple[LinkEffect, ...] | None,
    given: Mapping[str, Any],
    console: Console,
) -> None:
    if given["as_json"]:
        found = {
            "created": list(applied.created),
            "updated": list(applied.updated),
            "unchanged": applied.unchanged,
        }
        told = {} if effects is None else {"effects": [each.as_json() for each in effects]}
        out_json(console, {**found, **told})
        return
    would = "" if effects is None else "would be "
    for word, keys in (("created", applied.created), ("updated", applied.updated)):
        if keys:
            console.out(f"{would}{word}: {', '.join(keys)}")
    console.out(f"unchanged: {applied.unchanged}")
    for line in effect_lines(effects or ()):
        console.out(line)
