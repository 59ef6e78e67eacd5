"""Whether the number fields that links measure by are there: asked of the tracker itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from connector.errors import Refused, TrackerError
from connector.okr import LinkRule
from connector.scopes import Scope
from connector.store.tables import Connection
from integrations.tracker import Session
from sync import values
from sync.asking import asked
from sync.runtime import Runtime
from sync.sources import Bound

_FIELD = "field:"


@dataclass(frozen=True, slots=True)
class Sized:
    """A scope that is to be measured by a rule, and whose it is in a sentence."""

    scope: Scope
    rule: LinkRule
    where: str = ""


def field_of(rule: LinkRule) -> str | None:
    """The number field that a rule measures by, if it names one."""
    of = rule.measure.of
    return of.removeprefix(_FIELD) if of.startswith(_FIELD) else None


def refuse_missing(runtime: Runtime, wanted: Iterable[Sized]) -> None:
    """Refuse number fields that the trackers do not have; one that cannot be asked just now is no
    reason to: the link says so once it can. No transaction may be open."""
    problems: dict[str, None] = {}
    known: dict[tuple[int, str, str, str], str | None] = {}
    for each in wanted:
        field, row = field_of(each.rule), None
        if field is not None:
            row = connection_of(runtime, each.scope)
        if field is None or row is None or row.broken_at is not None:
            continue
        about = (row.id, each.scope.kind, each.scope.value, field)
        if about not in known:
            known[about] = _answer(runtime, row, each.scope, field)
        if said := known[about]:
            problems[f"{each.where}{said}"] = None
    if problems:
        raise Refused(*problems)


def said_now(
    session: Session, links: Iterable[Bound], *, everything: bool
) -> dict[int, str | None]:
    """For links that were never read, and where ``everything`` was for those that could not be:
    what the tracker says against their number fields, None for nothing; those of which it cannot
    be asked just now are left out."""
    found: dict[int, str | None] = {}
    for each in links:
        link, field = each.link, field_of(values.rule(each.link))
        is_new = not link.broken and (link.looked_at is None or link.pending)
        unknown = is_new or (link.broken and everything)
        finder = session.finder if field is not None and unknown else None
        if finder is None or field is None:
            continue
        try:
            found[link.id] = finder.objection(*each.scope, field)
        except TrackerError:
            continue
    return found


def _answer(runtime: Runtime, row: Connection, scope: Scope, field: str) -> str | None:
    try:
        return asked(runtime, row, lambda finder: finder.objection(scope.kind, scope.value, field))
    except TrackerError:
        return None


def connection_of(runtime: Runtime, scope: Scope) -> Connection | None:
    """The connection that a scope is read by, if there is one."""
    with runtime.store.read() as session:
        query = select(Connection).where(
            Connection.tracker == scope.tracker, Connection.ended_at.is_(None)
        )
        rows = session.scalars(query.order_by(Connection.id)).all()
    return next((row for row in rows if scope.connection in {None, row.name}), None)
