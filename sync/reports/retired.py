"""What is retired, left out of what a cycle shows; it counts as if its weight were 0."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from connector.store.tables import Support, Team


def shown_key_results(rows: Iterable[Any]) -> list[Any]:
    """The key results that are not retired."""
    return [row for row in rows if not row.retired]


def shown_supports(
    supports: Sequence[Support], key_results: Iterable[Any], only: Collection[int] | None = None
) -> Sequence[Support]:
    """The supports that lead to an objective or to one of these key results; all of them where
    ``only`` some key results are asked for."""
    if only is not None:
        return supports
    known = {row.id for row in key_results}
    return [
        each for each in supports if each.target_kind != "key_result" or each.target_id in known
    ]


def shown_teams(teams: Sequence[Team], objectives: Iterable[Any]) -> list[Team]:
    """The teams that are not retired or have an active objective, and all above those."""
    working = {row.team_id for row in objectives if row.state == "active"}
    kept = {team.id for team in teams if not team.retired or team.id in working}
    shown = _with_above(teams, kept)
    return [team for team in teams if team.id in shown]


def _with_above(teams: Sequence[Team], some: Collection[int]) -> set[int]:
    parents = {team.id: team.parent_id for team in teams}
    found: set[int] = set()
    for each in some:
        at: int | None = each
        while at is not None and at not in found:
            found.add(at)
            at = parents.get(at)
    return found
