"""Commands that say what a link or a field mapping would do; nothing is written."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connector.effects import LinkEffect
from connector.errors import Refused
from connector.okr import LinkRule
from connector.plans import readers
from connector.plans.links import links
from connector.plans.problems import Place, Problems
from connector.plans.tree import Items, Pairs, Scalar, tree
from sync import mappings
from sync.preview import preview_link, preview_mapping
from sync.runtime import Runtime
from web.commands.console import OK, Console, out_json
from web.commands.effect_text import effect_lines
from web.commands.picking import cycle_key


def link(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """What linking a scope, or counting a linked one by another rule, would do."""
    scope, rule = linked(given["scope"], given["rule"])
    with runtime.store.read() as session:
        cycle = cycle_key(runtime, session, given["cycle"])
    show(preview_link(runtime, cycle, given["key"], scope, rule), given, console)
    return OK


def mapping(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """What a field mapping would do to every link of its connection."""
    document = mappings.parse(given["text"], given["file"])
    show(preview_mapping(runtime, given["name"], document), given, console)
    return OK


def show(effects: tuple[LinkEffect, ...], given: Mapping[str, Any], console: Console) -> None:
    """Write what would happen, as text or as JSON."""
    if given["as_json"]:
        out_json(console, {"effects": [each.as_json() for each in effects]})
        return
    for line in effect_lines(effects):
        console.out(line)
    if not effects:
        console.out("no link would change")
    console.err("nothing was changed")


def linked(scope: str, text: str, before: LinkRule | None = None) -> tuple[str, LinkRule]:
    """The scope and the rule of a link, read as a plan file's link is; of a rule that it has
    ``before``, what is not given stays."""
    node = tree(text, "--rule", start=None)
    if readers.is_null(node):
        node = Pairs((), 1)
    if not isinstance(node, Pairs):
        raise Refused("--rule: is a mapping such as '{measure: {share: points}}'; write one")
    names = [name.text for name, _ in node.pairs]
    for name, option in (("scope", "--scope"), ("write_back", "--write-back")):
        if name in names:
            raise Refused(f"--rule: holds a {name}; give it by {option} alone")
    problems = Problems("link")
    named = (Scalar("scope", plain=True, line=1), Scalar(scope, plain=False, line=1))
    whole = Items((Pairs((named, *node.pairs), 1),), 1)
    found = links(whole, Place(problems, "link"))
    problems.refuse()
    rule = found[0].rule
    if before is not None:
        rule = replace(before, **{name: getattr(rule, name) for name in names})
    return found[0].scope.text, rule
