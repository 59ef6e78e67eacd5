"""Which objects somebody sees: the work items of connections, and what is still a draft."""

from collections.abc import Collection
from dataclasses import replace

from flask import abort, g
from sqlalchemy.orm import Session

from connector.report import CycleReport, TeamReport
from connector.sight import NOBODY
from connector.veil import Sight, Words
from sync import people, seeing
from sync.reports.beside import once
from web.current import runtime
from web.language import _
from web.principal import Principal

DRAFTS = frozenset({"draft", "candidate"})
WORDS = Words(
    item=lambda name: _("an item of %(connection)s", connection=name),
    work=lambda name: _("work of %(connection)s", connection=name),
    error=lambda name: _(
        "work of %(connection)s could not be read; who may see it is told why", connection=name
    ),
)


def sight() -> Sight:
    """What whoever is signed in may see of work items; looked up once per request.

    ``sight().blurred(x)`` takes any report, row, list or mapping of them and gives it without the
    titles, keys, addresses and scopes of connections that are not theirs to see; numbers stay.
    ``sight().sees(connection_id)`` and ``.sees_named(name)`` are for what is looked for: search,
    suggestions, the link editor and item pages leave out what is not seen, or answer 404.
    No query while every connection is open to all, nor for admins.
    """
    if "sight" not in g:
        g.sight = _sight(g.principal)
    found: Sight = g.sight
    return found


def _sight(principal: Principal | None) -> Sight:
    if not g.get("narrowed", True) or (principal is not None and principal.role == "admin"):
        return Sight(words=WORDS)
    with runtime().store.read() as session:
        who = NOBODY
        if principal is not None:
            who = seeing.onlooker(session, principal.user_id, principal.role)
        hidden = seeing.hidden(session, who)
        return Sight(words=WORDS, hidden=hidden, links=seeing.hidden_links(session, hidden))


def drafts_of() -> frozenset[str] | None:
    """The teams whose drafts whoever is signed in may see, by key; None for all of them.

    Leads and admins see all, members those of their own teams, viewers none.
    """
    if g.principal.role in {"lead", "admin"}:
        return None
    if "drafts" not in g:
        g.drafts = frozenset() if g.principal.role == "viewer" else _own_teams(g.principal.user_id)
    found: frozenset[str] = g.drafts
    return found


def _own_teams(user_id: int) -> frozenset[str]:
    with runtime().store.read() as session:
        return people.teams_of(session, user_id)


def sees_drafts_of(team: str) -> bool:
    """Whether a draft or candidate objective of a team, or its part of a draft cycle, is shown."""
    teams = drafts_of()
    return teams is None or team in teams


def sees_objective(session: Session, cycle: str, key: str, team: str) -> bool:
    """Whether an objective, and what is in it, is shown: drafts are not to everybody."""
    if sees_drafts_of(team):
        return True
    return not (seeing.is_draft(session, cycle, key) or seeing.is_draft_cycle(session, cycle))


def unseen_keys(session: Session, cycle: str) -> frozenset[str]:
    """The keys of a cycle's objectives and key results that are not shown: nobody names them."""
    teams = drafts_of()
    return frozenset() if teams is None else seeing.draft_keys(session, cycle, teams)


def sees_state(team: str, *states: str) -> bool:
    """Whether what is in these states, of a team's objective and its cycle, is shown."""
    return sees_drafts_of(team) or not DRAFTS.intersection(states)


def sees_cycle(state: str) -> bool:
    """Whether a cycle in this state is named at all."""
    teams = drafts_of()
    return state != "draft" or teams is None or bool(teams)


def whole_or_404(session: Session, cycle: str) -> None:
    """404 for whom not all of a draft cycle is shown: for pages that add up what all teams plan."""
    if drafts_of() is not None and seeing.is_draft_cycle(session, cycle):
        abort(404)


def seen_cycle(report: CycleReport) -> CycleReport | None:
    """A cycle as whoever is signed in may see it; None where it is not there for them.

    Of a draft cycle members see their own teams, with those above by name alone.
    """
    teams = drafts_of()
    if teams is not None and not teams:
        seen = once(report, "undrafted", lambda: _without_drafts(report))
        report = seen or report
    if teams is None or report.state != "draft":
        return sight().blurred(report)
    own = [each for each in report.teams if each.key in teams]
    if not own:
        return None
    named = _above(report, teams)
    shown = (
        each if each.key in teams else _only_named(each)
        for each in report.teams
        if each.key in named
    )
    return sight().blurred(replace(report, teams=tuple(shown)))


def _without_drafts(report: CycleReport) -> CycleReport | None:
    """The report without draft cycles; None where it names none: it would hold itself."""
    cycles = tuple(each for each in report.cycles if each.state != "draft")
    return replace(report, cycles=cycles) if len(cycles) != len(report.cycles) else None


def _above(report: CycleReport, teams: Collection[str]) -> set[str]:
    """These teams, and those above them."""
    parents = {each.key: each.parent for each in report.teams}
    found: set[str] = set()
    for team in teams:
        at: str | None = team
        while at is not None and at not in found:
            found.add(at)
            at = parents.get(at)
    return found


def _only_named(team: TeamReport) -> TeamReport:
    """A team without anything that drafts of others tell."""
    return replace(
        team,
        score=None,
        known=None,
        subtree_score=None,
        subtree_known=None,
        grade="unknown",
        health="unknown",
        objectives=(),
        some_unknown=False,
    )
