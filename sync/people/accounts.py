"""Which tracker account is whose: said by the plan, or by an admin."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Account, Connection, Person, TrackerAccount
from sync.people.finding import person
from sync.runtime import Runtime
from sync.scores import alone

LONGEST = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReport:
    """A tracker's account: seen on a work item, said to be somebody's, or both.

    ``person`` is whose it is (None: not known), ``origin`` who said so: plan or admin.
    """

    tracker: str
    external_id: str
    name: str
    person: str | None
    origin: str | None


def accounts(session: Session) -> tuple[AccountReport, ...]:
    """Every account there is, by tracker and name; those of nobody too."""
    whose: dict[tuple[str, str], tuple[str, str]] = {}
    named: dict[tuple[str, str], tuple[str, str]] = {}
    said = select(Account, Person.key).join(Person, Person.id == Account.person_id)
    for row, key in session.execute(said.order_by(Person.key)):
        place = (row.tracker, row.external_id.lower())
        whose.setdefault(place, (key, row.origin))
        named[place] = (row.external_id, "")
    for tracker, external_id, name in _seen(session):
        named[tracker, external_id.lower()] = (external_id, name)
    reports = [
        AccountReport(
            tracker=tracker,
            external_id=external_id,
            name=name,
            person=whose.get((tracker, folded), (None, None))[0],
            origin=whose.get((tracker, folded), (None, None))[1],
        )
        for (tracker, folded), (external_id, name) in named.items()
    ]
    return tuple(sorted(reports, key=lambda each: (each.tracker, each.name, each.external_id)))


def link_account(runtime: Runtime, person_key: str, tracker: str, external_id: str) -> None:
    """Say as an admin that an account of a tracker is this person's; raises ``Refused``."""
    known, account = runtime.tracker(tracker).spec, external_id.strip()
    if not account or len(account) > LONGEST:
        raise Refused(f"the {known.label} account is given by its id, of 1 to {LONGEST} characters")
    with runtime.store.write() as session:
        alone(session)
        somebody = person(session, person_key)
        _refuse_taken(session, somebody, tracker, account)
        if session.get(Account, (somebody.id, tracker)) is None:
            origin = {"external_id": account, "origin": "admin"}
            session.add(Account(person_id=somebody.id, tracker=tracker, **origin))


def unlink_account(runtime: Runtime, person_key: str, tracker: str) -> None:
    """Take a person's account of a tracker away; raises ``Refused`` when they have none.

    A plan file that names it gives it back when it is applied again.
    """
    with runtime.store.write() as session:
        alone(session)
        somebody = person(session, person_key)
        held = session.get(Account, (somebody.id, tracker))
        if held is None:
            raise Refused(f"{somebody.name} has no {tracker} account to take away")
        session.delete(held)


def _refuse_taken(session: Session, somebody: Person, tracker: str, account: str) -> None:
    same = func.lower(Account.external_id) == account.lower()
    query = (
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .where(Account.tracker == tracker, same, Person.id != somebody.id)
    )
    other = session.scalars(query.order_by(Person.key).limit(1)).first()
    if other is not None:
        raise Refused(
            f"the {tracker} account {account} is {other.name}'s ({other.key}) already; "
            "an account belongs to one person: take it away there first"
        )
    held = session.get(Account, (somebody.id, tracker))
    if held is not None and held.external_id.lower() != account.lower():
        raise Refused(
            f"{somebody.name} ({somebody.key}) has the {tracker} account {held.external_id} "
            "already; a person has one account of a tracker: take that one away first"
        )


def _seen(session: Session) -> list[tuple[str, str, str]]:
    """(tracker, external id, name) of the accounts on work items of trackers still connected."""
    query = (
        select(Connection.tracker, TrackerAccount.external_id, TrackerAccount.name)
        .join(Connection, Connection.id == TrackerAccount.connection_id)
        .where(Connection.ended_at.is_(None))
        .order_by(Connection.id, TrackerAccount.external_id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]
