"""Whose an account may be, by equal verified e-mail; a person decides (``link_account``)."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.store.tables import Account, Connection, Person, TrackerAccount
from sync.people.seen import Mark, marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An account that has the e-mail of a person without one; ``name`` is the account's."""

    person: str
    tracker: str
    external_id: str
    name: str

    @property
    def sentence(self) -> str:
        """What is suggested and why."""
        known = f"{self.name} ({self.external_id})" if self.name else self.external_id
        return f"the {self.tracker} account {known} has the e-mail of {self.person}"


def suggestions(session: Session, mark: Mark) -> tuple[Suggestion, ...]:
    """Accounts of nobody whose e-mail is that of exactly one person without one there."""
    said = session.scalars(select(Account)).all()
    taken = {(row.tracker, row.external_id.lower()) for row in said}
    settled = {(row.person_id, row.tracker) for row in said}
    people = _people(session, mark)
    found: dict[tuple[str, str, str], Suggestion] = {}
    for tracker, account in _marked(session):
        fitting = people.get(account.email_mark or b"", [])
        if len(fitting) != 1 or (tracker, account.external_id.lower()) in taken:
            continue
        (one,) = fitting
        if (one.id, tracker) not in settled:
            found[one.key, tracker, account.external_id] = Suggestion(
                person=one.key,
                tracker=tracker,
                external_id=account.external_id,
                name=account.name,
            )
    return tuple(found[place] for place in sorted(found))


def _people(session: Session, mark: Mark) -> dict[bytes, list[Person]]:
    found: dict[bytes, list[Person]] = defaultdict(list)
    for row in session.scalars(select(Person).where(Person.email.is_not(None))):
        if row.email and row.email.strip():
            found[marked(mark, row.email)].append(row)
    return found


def _marked(session: Session) -> list[tuple[str, TrackerAccount]]:
    query = (
        select(Connection.tracker, TrackerAccount)
        .join(Connection, Connection.id == TrackerAccount.connection_id)
        .where(Connection.ended_at.is_(None), TrackerAccount.email_mark.is_not(None))
        .order_by(Connection.id, TrackerAccount.external_id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]
