"""What moved a team's key results this week, from the ledger of the links that moved."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import ledger
from connector.explained import LinkExplanation
from connector.okr import Measure
from connector.report import KeyResultReport, LinkReport, TeamReport
from connector.store.tables import Contribution, Link
from sync import reports, values
from web.key_result import stories


def this_week(
    session: Session, team: TeamReport, now: datetime
) -> dict[str, Sequence[stories.Sum]]:
    """By key result of a team: what moved each of its links in the seven days before."""
    rows = [row for objective in team.objectives for row in objective.key_results]
    return of_rows(session, rows, now)


def of_rows(
    session: Session, rows: Sequence[KeyResultReport], now: datetime
) -> dict[str, Sequence[stories.Sum]]:
    """By key result: what happened in the seven days before to each of its links that moved."""
    ids = [link.id for row in rows for link in row.links]
    versions = _versions(session, ids, now)
    rules = {link.id: values.rule(link) for link in _links(session, list(versions))}
    return {
        row.key: stories.week(
            [
                _explained(link, rules[link.id].measure, versions[link.id])
                for link in row.links
                if link.id in rules
            ],
            now,
        )
        for row in rows
    }


def _versions(session: Session, ids: list[int], now: datetime) -> dict[int, list[ledger.Version]]:
    """Every version recorded by then of those links that any item moved lately."""
    recent = Contribution.recorded_at.between(now - stories.WEEK, now)
    moved = select(Contribution.link_id).where(Contribution.link_id.in_(ids), recent).distinct()
    every = select(Contribution).where(
        Contribution.link_id.in_(moved), Contribution.recorded_at <= now
    )
    found: dict[int, list[ledger.Version]] = defaultdict(list)
    for row in session.scalars(every):
        found[row.link_id].append(values.version(row))
    return found


def _links(session: Session, ids: list[int]) -> Sequence[Link]:
    return session.scalars(select(Link).where(Link.id.in_(ids))).all() if ids else ()


def _explained(
    link: LinkReport, measure: Measure, versions: Sequence[ledger.Version]
) -> LinkExplanation:
    return LinkExplanation(
        link=link,
        contributions=(),
        movements=reports.movement_reports(ledger.movements(measure, versions)),
        past=reports.movement_reports(ledger.rebuilt(measure, versions)),
    )
