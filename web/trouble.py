"""Connections that bring no news: said once per page, not beside every number they feed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.report import CycleReport, Failing, KeyResultReport
from web.language import _n


@dataclass(frozen=True, slots=True)
class Trouble:
    """What one connection cannot read, and why; ``looked_at`` is its oldest complete look."""

    connection: str
    what: str
    sentences: tuple[str, ...]
    looked_at: datetime | None


def troubles(report: CycleReport, shown: Iterable[KeyResultReport]) -> tuple[Trouble, ...]:
    """The connections in trouble that feed any of these key results."""
    failed: dict[str, list[Failing]] = defaultdict(list)
    for each in report.failing:
        failed[each.connection].append(each)
    if not failed:
        return ()
    said = {link.error for row in shown for link in row.links if link.error}
    found = (_trouble(connection, sources) for connection, sources in failed.items())
    return tuple(each for each in found if said.intersection(each.sentences))


def _trouble(connection: str, failing: Sequence[Failing]) -> Trouble:
    """A connection's own error is the one that every link shows."""
    refused = failing[0].refused
    sources = [each for each in failing if each.source is not None]
    looks = [each.looked_at for each in sources]
    keys = [each.source or "" for each in sources]
    return Trouble(
        connection=connection,
        what=connection if refused else _what(connection, keys),
        sentences=(refused,)
        if refused
        else tuple(dict.fromkeys(each.error for each in sources if each.error)),
        looked_at=min((each for each in looks if each), default=None) if all(looks) else None,
    )


def _what(name: str, keys: Sequence[str]) -> str:
    if len(keys) > 1:
        return _n("%(num)s source of %(name)s", "%(num)s sources of %(name)s", len(keys), name=name)
    return f"{keys[0]} ({name})" if keys[0] else name


def own_reason(row: KeyResultReport, found: Sequence[Trouble]) -> str:
    """The row's reason, or '' where its number is current and only a connection is in trouble."""
    said = {sentence for each in found for sentence in each.sentences}
    return "" if row.reason in said else row.reason
