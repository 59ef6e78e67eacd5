"""Commands about the plan and its numbers."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from connector.errors import Refused
from connector.report import CycleReport, Explanation, KeyResultReport, LinkReport, TeamReport
from sync import planning, reports
from sync.runtime import Runtime
from web.commands.console import OK, Console, out_json


def apply(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Apply a plan file's text."""
    applied = planning.apply(
        runtime,
        given["text"],
        name=given["name"],
        author=given["author"],
        dry_run=given["dry_run"],
    )
    if given["json"]:
        out_json(
            console,
            {
                "created": list(applied.created),
                "updated": list(applied.updated),
                "unchanged": applied.unchanged,
            },
        )
        return OK
    would = "would be " if given["dry_run"] else ""
    for word, keys in (("created", applied.created), ("updated", applied.updated)):
        if keys:
            console.out(f"{would}{word}: {', '.join(keys)}")
    console.out(f"unchanged: {applied.unchanged}")
    return OK


def score(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """The scores of a cycle."""
    now = runtime.clock()
    with runtime.store.read() as session:
        today = now.astimezone(runtime.settings.zone).date()
        cycle = reports.pick_cycle(session, given["cycle"], today)
        report = reports.cycle_report(session, cycle.key, now, runtime.settings)
    if given["json"]:
        out_json(console, report.as_json())
    else:
        for line in _cycle_lines(report):
            console.out(line)
    return OK


def explain(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Why a key result is what it is, now or at a past instant."""
    now = runtime.clock()
    at = _instant(given["at"], now)
    with runtime.store.read() as session:
        day = (at or now).astimezone(runtime.settings.zone).date()
        cycle = reports.pick_cycle(session, given["cycle"], day)
        found = reports.explanation(session, cycle.key, given["key"], now, runtime.settings, at=at)
    if given["json"]:
        out_json(console, found.as_json())
    else:
        for line in _explanation_lines(found):
            console.out(line)
    return OK


def _instant(text: str | None, now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(
            f"--at: {text!r} is not a time; write one like 2026-11-03T14:00:00Z"
        ) from None
    if at.tzinfo is None:
        raise Refused(f"--at: {text!r} has no time zone; add Z or +02:00")
    if at > now:
        raise Refused(f"--at: {text!r} lies in the future; give a time that has passed")
    return at


def _cycle_lines(report: CycleReport) -> Iterator[str]:
    yield f"{report.cycle}  {report.start} to {report.end}, {report.elapsed:.0%} over"
    depth: dict[str | None, int] = {None: -1}
    for team in report.teams:
        depth[team.key] = depth[team.parent] + 1
        yield from _team_lines(team, "  " * depth[team.key])


def _team_lines(team: TeamReport, indent: str) -> Iterator[str]:
    below = f"  below {_score(team.subtree_score)}" if team.subtree_score is not None else ""
    yield f"{indent}{team.name} ({team.key})  {_score(team.score)}  {team.health}{below}"
    for objective in team.objectives:
        yield (
            f"{indent}  {objective.key} {objective.title}  {_score(objective.score)}"
            f"  {objective.grade}, {objective.health}"
        )
        for each in objective.key_results:
            yield f"{indent}    {_key_result_line(each)}"


def _key_result_line(each: KeyResultReport) -> str:
    value = "unknown" if each.value is None else f"{each.value:g}{_unit(each)}"
    partial = ", partial" if each.partial else ""
    return f"{each.key} {each.title}  {value}  {_score(each.score)}  {each.health}{partial}"


def _unit(each: KeyResultReport) -> str:
    return each.unit if each.unit in {"", "%"} else f" {each.unit}"


def _score(score: float | None) -> str:
    return "–" if score is None else f"{score:.2f}"


def _explanation_lines(found: Explanation) -> Iterator[str]:
    yield _key_result_line(found.key_result)
    if found.key_result.reason:
        yield f"  {found.key_result.reason}"
    for each in found.links:
        yield f"  {each.link.scope}  {_reading(each.link)}"
        if each.link.error:
            yield f"    {each.link.error}"
        for item in each.contributions:
            counted = f"{item.done:g} of {item.total:g}" if item.included else "not counted"
            why = f" ({item.reason})" if item.reason else ""
            yield f"    {item.item}  {item.status}  {counted}{why}  {item.title}"
        for moved in each.movements[:20]:
            day = moved.at.date().isoformat()
            yield f"    {day} {moved.kind} {moved.item} {moved.delta or 0:+.4g}"


def _reading(link: LinkReport) -> str:
    if link.reading is None:
        return "unknown"
    if link.total is None or link.done is None:
        return f"{link.reading:g}"
    coverage = "" if link.coverage in {None, 1.0} else f", {link.coverage:.0%} estimated"
    return f"{link.done:g} of {link.total:g} ({link.reading:.1%}){coverage}"
