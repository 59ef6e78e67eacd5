"""Who somebody says they are, until an admin confirms it: a person of the plan, or an account."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, aliased

from connector.errors import Refused
from connector.store.folding import Folded, fold
from connector.store.tables import (
    Account,
    Claim,
    Connection,
    Person,
    TrackerAccount,
    User,
)
from sync.people.accounts import link_account
from sync.people.finding import person
from sync.people.footing import footing
from sync.people.mine import tie_user
from sync.runtime import Runtime

PERSON = ""
"""Stands where a tracker does: what is claimed is to be a person."""
OFFERED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReport:
    """What a user claims: to be a person (``tracker`` is ''), or to have an account at a tracker.

    ``name`` is the person's or the account's, ``now`` the person the user is already, or "".
    """

    user_id: int
    user: str
    tracker: str
    wanted: str
    name: str
    now: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """A person or an account that somebody may be, by key or id and name."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """How somebody names their account at a tracker: by its id or its name. For whoever may not
    see the ``hidden`` connections, the accounts on their items are not there."""

    tracker: str
    text: str
    hidden: Collection[int] = ()


def claim_person(runtime: Runtime, user_id: int, person_key: str) -> None:
    """Say that a user is this person; raises ``Refused`` where that cannot be."""
    with runtime.store.write() as session:
        somebody = person(session, person_key)
        query = select(User.name).where(User.person_id == somebody.id, User.id != user_id)
        other = session.scalars(query.limit(1)).first()
        if other is not None:
            raise Refused(
                f"somebody signs in as {somebody.name} already; if that is wrong, ask an admin"
            )
        _keep(runtime, session, Claim(user_id=user_id, tracker=PERSON, wanted=somebody.key))


def claim_account(runtime: Runtime, user_id: int, said: Said) -> None:
    """Say that an account is the user's; raises ``Refused``.

    It must have been seen on a work item that they may see, and be nobody's yet.
    """
    known, name = runtime.tracker(said.tracker).spec, said.text.strip()
    with runtime.store.write() as session:
        if footing(session, user_id) is None:
            raise Refused("say first which person of the plan you are")
        found = _seen(session, said)
        if not found:
            raise Refused(
                f"no work item that was read is assigned to {name!r} in {known.label}; write the "
                "account's name as it is shown there, or its id"
            )
        if len(found) > 1:
            ids = ", ".join(found)
            raise Refused(f"several accounts are called {name}; write the id of yours: {ids}")
        _refuse_taken(session, said.tracker, found[0])
        _keep(runtime, session, Claim(user_id=user_id, tracker=said.tracker, wanted=found[0]))


def withdraw(runtime: Runtime, user_id: int, tracker: str) -> None:
    """Take a claim back, or turn it down; nothing happens where there is none."""
    with runtime.store.write() as session:
        held = session.get(Claim, (user_id, tracker))
        if held is not None:
            session.delete(held)


def confirm(runtime: Runtime, user_id: int, tracker: str, wanted: str | None = None) -> None:
    """Make what a user claims so, if it is still what was ``wanted``; raises ``Refused``."""
    with runtime.store.read() as session:
        held = session.get(Claim, (user_id, tracker))
        me = footing(session, user_id)
        mine = session.get(Person, me.person) if me else None
    if held is None:
        raise Refused("this claim was taken back, or settled by somebody else")
    if wanted is not None and held.wanted != wanted:
        raise Refused("another claim took the place of this one; look at it again")
    if tracker == PERSON:
        tie_user(runtime, user_id, held.wanted)
    elif mine is None:
        raise Refused("confirm first which person of the plan this user is")
    else:
        link_account(runtime, mine.key, tracker, held.wanted)
    withdraw(runtime, user_id, tracker)


def claims(
    session: Session, user_id: int | None = None, *, hidden: Collection[int] = ()
) -> tuple[ClaimReport, ...]:
    """What waits to be confirmed, oldest first: of everybody, or of one user; accounts are not
    called as on the items of ``hidden`` connections."""
    names = select(func.max(TrackerAccount.name)).join(
        Connection, Connection.id == TrackerAccount.connection_id
    )
    account = names.where(
        Connection.tracker == Claim.tracker,
        Connection.id.not_in(hidden),
        TrackerAccount.external_id == Claim.wanted,
    )
    known = aliased(Person)
    wanted = select(Person.name).where(Person.key == Claim.wanted, Claim.tracker == PERSON)
    query = (
        select(Claim, User.name, wanted.scalar_subquery(), account.scalar_subquery(), known.name)
        .join(User, User.id == Claim.user_id)
        .outerjoin(known, known.id == User.person_id)
        .order_by(Claim.made_at, Claim.user_id, Claim.tracker)
    )
    if user_id is not None:
        query = query.where(Claim.user_id == user_id)
    return tuple(
        ClaimReport(
            user_id=row.user_id,
            user=user,
            tracker=row.tracker,
            wanted=row.wanted,
            name=called or shown or row.wanted,
            now=now or "",
            made_at=row.made_at,
        )
        for row, user, called, shown, now in session.execute(query)
    )


def free_people(session: Session) -> tuple[Offered, ...]:
    """The people of the plan that no user is yet, by name."""
    taken = select(User.person_id).where(User.person_id.is_not(None))
    query = select(Person.key, Person.name).where(Person.id.not_in(taken), ~Person.retired)
    return tuple(Offered(*row) for row in session.execute(query.order_by(Person.name, Person.key)))


def like_accounts(
    session: Session, tracker: str, name: str, *, hidden: Collection[int] = ()
) -> tuple[Offered, ...]:
    """Accounts of nobody that are called as somebody is, at most eight; none that only the items
    of ``hidden`` connections have."""
    words = [each for each in fold(name).split() if len(each) > 1]
    shown = Folded(TrackerAccount.name)
    alike = [shown.contains(each, autoescape=True) for each in words]
    query = (
        select(TrackerAccount.external_id, func.max(TrackerAccount.name))
        .join(Connection, Connection.id == TrackerAccount.connection_id)
        .where(*_read(tracker, hidden), *alike)
        .where(func.lower(TrackerAccount.external_id).not_in(_taken(tracker)))
        .group_by(TrackerAccount.external_id)
        .order_by(func.max(TrackerAccount.name), TrackerAccount.external_id)
    )
    if not words:
        return ()
    return tuple(Offered(row[0], row[1] or row[0]) for row in session.execute(query.limit(OFFERED)))


def _keep(runtime: Runtime, session: Session, claim: Claim) -> None:
    # One claim of a user at a time: the same form may come twice at once.
    session.get(User, claim.user_id, with_for_update={"key_share": True})
    held = session.get(Claim, (claim.user_id, claim.tracker))
    claim.made_at = runtime.clock()
    if held is None:
        session.add(claim)
    else:
        held.wanted, held.made_at = claim.wanted, claim.made_at


def _seen(session: Session, said: Said) -> list[str]:
    """The ids of the accounts of that id, else of that name."""
    name = said.text.strip()
    if not name:
        return []
    here = (
        select(TrackerAccount.external_id)
        .join(Connection, Connection.id == TrackerAccount.connection_id)
        .where(*_read(said.tracker, said.hidden))
        .distinct()
        .order_by(TrackerAccount.external_id)
    )
    by_id = func.lower(TrackerAccount.external_id) == name.lower()
    for condition in (by_id, Folded(TrackerAccount.name) == fold(name)):
        found = list(session.scalars(here.where(condition).limit(5)))
        if found:
            return found
    return []


def _read(tracker: str, hidden: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """The connections to a tracker whose items somebody sees."""
    stands = Connection.ended_at.is_(None)
    return (Connection.tracker == tracker, stands, Connection.id.not_in(hidden))


def _taken(tracker: str) -> Select[tuple[str]]:
    return select(func.lower(Account.external_id)).where(Account.tracker == tracker)


def _refuse_taken(session: Session, tracker: str, external_id: str) -> None:
    query = (
        select(Person.name)
        .join(Account, Account.person_id == Person.id)
        .where(Account.tracker == tracker, func.lower(Account.external_id) == external_id.lower())
    )
    other = session.scalars(query.limit(1)).first()
    if other is not None:
        raise Refused(f"this account is {other}'s already; if that is wrong, ask an admin")
