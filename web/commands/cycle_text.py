"""A cycle's numbers as lines of text."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from connector.report import CycleReport, KeyResultReport, ObjectiveReport, TeamReport
from web import words
from web.commands.text import Row, columns, on


def cycle_lines(report: CycleReport, *, past: bool, zone: ZoneInfo) -> Iterator[str]:
    """The whole cycle: a header, the tree of teams, and what a closed cycle is told."""
    state = f" ({report.state})" if report.state != "active" else ""
    over = words.percent(report.elapsed)
    yield f"{report.cycle}{state}  {report.start} to {report.end}, {over} over"
    if past:
        yield f"as it stood on {on(report.as_of, zone)}"
    depth: dict[str | None, int] = {None: -1}
    rows: list[Row] = []
    for team in report.teams:
        depth[team.key] = depth[team.parent] + 1
        rows += _team(team, "  " * depth[team.key])
    yield from columns(rows)
    if report.verdict:
        yield report.verdict


def _team(team: TeamReport, indent: str) -> Iterator[Row]:
    yield (
        f"{indent}{team.name} ({team.key})",
        "",
        words.score(team.score),
        _listed(_health(team), _known(team.known), _below(team)),
    )
    for objective in team.objectives:
        yield _objective(objective, f"{indent}  ")
        for each in objective.key_results:
            yield from key_result_lines(each, f"{indent}    ")


def _health(each: TeamReport | ObjectiveReport) -> str:
    """How it is doing; what is unknown stands beside it and hides nothing."""
    beside = ", some unknown" if each.some_unknown and each.health != "unknown" else ""
    return f"{words.HEALTH[each.health]}{beside}"


def _below(team: TeamReport) -> str:
    """The number of a team with all below it, where there is one."""
    if team.subtree_score is None:
        return ""
    known = _known(team.subtree_known)
    return f"with all below {words.score(team.subtree_score)}{f' ({known})' if known else ''}"


def _objective(each: ObjectiveReport, indent: str) -> Row:
    graded = "" if each.grade == "unknown" else each.grade
    told = _listed(graded, _health(each), _known(each.known))
    return f"{indent}{each.key} {each.title}", "", words.score(each.score), told


def key_result_lines(each: KeyResultReport, indent: str = "") -> Iterator[Row]:
    """A key result, and under it what is unusual about its number."""
    told = _listed(
        str(words.HEALTH[each.health]),
        "partial" if each.partial else "",
        "override" if each.override else "",
        "guardrail" if each.guardrail else "",
    )
    value = words.number(each.value, each.unit)
    yield f"{indent}{each.key} {each.title}", value, words.score(each.score), told
    if each.reason:
        computed = ""
        if each.override is not None:
            computed = f" (computed: {words.number(each.computed, each.unit)})"
        yield (f"{indent}  {each.reason}{computed}",)


def _known(share: float | None) -> str:
    """How much of a mean is known, where that is not all."""
    return "" if share is None or share == 1 else f"{words.percent(share)} known"


def _listed(*texts: str) -> str:
    return ", ".join(text for text in texts if text)
