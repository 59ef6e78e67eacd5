"""The tracker's own verdict on a link, before it is made or tried."""

from connector.errors import Refused, TrackerError
from connector.okr import LinkRule
from connector.scopes import Scope
from integrations.tracker import Finder
from sync import sizing
from sync.asking import asked
from sync.runtime import Runtime


def refuse(runtime: Runtime, scope: Scope, rule: LinkRule) -> None:
    """Refuse a scope that its tracker says it cannot read, or a number field that it has not.

    One that does not answer just now is no reason to refuse: the next look will tell. No
    transaction may be open.
    """
    row = sizing.connection_of(runtime, scope)
    if row is None or row.broken_at is not None:
        return
    field = sizing.field_of(rule)

    def judge(finder: Finder) -> str | None:
        said = finder.judge(scope.kind, scope.value)
        if said:
            return f"{scope.text}: {said}"
        return finder.objection(scope.kind, scope.value, field) if field is not None else None

    try:
        said = asked(runtime, row, judge)
    except TrackerError:
        return
    if said:
        raise Refused(said)
