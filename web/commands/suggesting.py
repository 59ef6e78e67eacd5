"""Commands about links suggested for key results that have none; none is made by itself."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.errors import Refused
from connector.report import CycleReport
from sync import linking, reports
from sync.linking import Suggestion
from sync.runtime import Runtime
from web.commands import linking as by_hand
from web.commands.console import DONE_WITH_ERRORS, OK, Console, out_json
from web.commands.picking import cycle_key, subject
from web.commands.text import columns

Found = Mapping[str, Sequence[Suggestion]]


def show(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """What is suggested for the key results of a cycle that have no link, or for one of them."""
    problems: Sequence[str] = ()
    if given["trackers"]:
        suggested, problems = linking.searched(runtime, subject(runtime, given), sees=_all)
        found: Found = {given["key"]: suggested}
    else:
        found = _found(runtime, given)
    if given["as_json"]:
        out_json(console, {"suggested": {key: _json(each) for key, each in found.items()}})
    else:
        for line in columns(row for key, each in found.items() for row in _rows(key, each)):
            console.out(line)
    for problem in problems:
        console.err(problem)
    if not any(found.values()):
        console.err(_nothing(given))
    return DONE_WITH_ERRORS if problems else OK


def accept(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Link what is suggested, as the link command would; raises ``Refused`` for anything else."""
    about = subject(runtime, given)
    wanted = given["scope"].strip()
    offers = [each.offer.scope for each in _found(runtime, given).get(about.key, ())]
    if wanted not in offers:
        more, _ = linking.searched(runtime, about, sees=_all)
        offers += [each.offer.scope for each in more if each.offer.scope not in offers]
    if wanted not in offers:
        there = ", ".join(offers) or "nothing"
        raise Refused(
            f"{wanted} is not suggested for {about.key}, {there} is; "
            f"worklift link {about.key} links anything else"
        )
    return by_hand.link(runtime, {**given, "scope": wanted, "change": False}, console)


def dismiss(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Suggest a scope for a key result no more."""
    linking.dismiss(runtime, subject(runtime, given), given["scope"].strip())
    console.out(f"{given['scope']} is suggested for {given['key']} no more")
    return OK


def recall(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Suggest it again."""
    linking.recall(runtime, subject(runtime, given), given["scope"].strip())
    console.out(f"{given['scope']} may be suggested for {given['key']} again")
    return OK


def _all(_connection: int | None) -> bool:
    """Whoever has the command line has the whole store."""
    return True


def _found(runtime: Runtime, given: Mapping[str, Any]) -> Found:
    with runtime.store.read() as session:
        cycle = cycle_key(runtime, session, given["cycle"])
        report = reports.cycle_report(session, cycle, runtime.clock(), runtime.settings)
        bare = _bare(report, given["key"])
        return linking.unlinked(runtime, session, (cycle, bare), sees=_all)


def _bare(report: CycleReport, wanted: str | None) -> list[str]:
    """The key results without links; the one that is wanted in any case."""
    every = [row for team in report.teams for each in team.objectives for row in each.key_results]
    if wanted is None:
        return [row.key for row in every if not row.links]
    if wanted not in {row.key for row in every}:
        raise Refused(f"there is no key result {wanted!r} in {report.cycle}")
    return [wanted]


def _rows(key: str, suggested: Sequence[Suggestion]) -> Iterator[Sequence[str]]:
    for each in suggested:
        shared = f"both say {', '.join(each.words)}"
        yield key, each.offer.scope, each.offer.title, shared


def _json(suggested: Sequence[Suggestion]) -> list[dict[str, Any]]:
    return [
        {**each.offer.as_json(), "words": list(each.words), "strong": each.is_strong}
        for each in suggested
    ]


def _nothing(given: Mapping[str, Any]) -> str:
    if given["key"] is None:
        return "nothing is suggested: every key result has a link, or no title is like theirs"
    if given["trackers"]:
        return f"nothing is suggested for {given['key']}"
    return (
        f"nothing is suggested for {given['key']}: it has a link, or no title that is known is"
        " like its own; --trackers searches the trackers too"
    )
