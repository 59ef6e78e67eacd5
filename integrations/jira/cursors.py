"""What a read leaves for the next one: where to go on, and what it knows of the site."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connector.errors import BadReading
from integrations.jira.lists import Lists
from integrations.jira.profile import Profile
from integrations.jira.query import Name
from integrations.tracker import Need

# Search lags behind writes by seconds to minutes, more after bulk changes.
_OVERLAP = 10 * 60 * 1000
# What is still to be found by a sweep: a change the index, or the token, showed much later.
_LATE = 60 * 60 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """``since`` is in Jira's own time, some minutes back, as epoch milliseconds.

    ``refused`` are conditions Jira did not accept, each with a sentence: they are asked again by
    the next sweep, and then read whole. ``again`` are ids of issues Jira could not read last time.
    ``sprint_field`` is the field from which everything read so far has its sprints;
    ``parent_link`` (on Data Center, '' for none) and ``levels`` are what it was read with.
    ``swept`` is when the last look at everything began, in Jira's own time; ``homes`` are the
    projects that what lies in sprints and below parents is in.
    """

    since: int
    swept: int | None = None
    refused: Mapping[Name, str] = field(default_factory=dict)
    again: tuple[str, ...] = ()
    sprint_field: str | None = None
    parent_link: str | None = None
    levels: Mapping[str, int] | None = None
    lists: Lists | None = None
    homes: tuple[str, ...] = ()

    def text(self) -> str:
        """As opaque JSON."""
        told: dict[str, Any] = {"since": self.since}
        if self.swept is not None:
            told["swept"] = self.swept
        if self.refused:
            told["refused"] = [[*name, said] for name, said in sorted(self.refused.items())]
        if self.again:
            told["again"] = list(self.again)
        if self.sprint_field:
            told["sprint_field"] = self.sprint_field
        if self.parent_link is not None:
            told |= {"parent_link": self.parent_link, "levels": self.levels}
        if self.homes:
            told["homes"] = list(self.homes)
        if self.lists:
            told["lists"] = self.lists.document()
        return json.dumps(told)

    def fits(self, site: Profile, need: Need) -> bool:
        """Whether what was read so far has its sprints, parents and levels as a site reads them."""
        sprints = any(kind == "sprint" for kind, _ in need.scopes)
        if sprints and self.sprint_field != site.sprint_field:
            return False
        known = self.parent_link or None, self.levels or {}
        return site.cloud or known == (site.parent_link, site.levels)

    def start(self, *, sweep: bool) -> int:
        """From when changes are read. A sweep goes back to the one before: a change that showed
        late, or while its project was hidden, lies before what was read since."""
        if not sweep or self.swept is None:
            return self.since
        return max(0, min(self.since, self.swept - _LATE))


def cursor(text: str | None) -> Cursor | None:
    """A cursor as it was told; None for a full read."""
    if text is None:
        return None
    try:
        told = json.loads(text)
        since, lists = told["since"], told.get("lists")
        found = Cursor(
            since=since,
            swept=_moment(told.get("swept")),
            refused={(field, value): said for field, value, said in told.get("refused", ())},
            again=tuple(str(each) for each in told.get("again", ())),
            sprint_field=told.get("sprint_field"),
            parent_link=told.get("parent_link"),
            levels=_levels(told.get("levels")),
            lists=Lists.of(lists) if lists else None,
            homes=tuple(str(each) for each in told.get("homes", ())),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadReading("cursor", "cannot be read; read the connection in full", "it") from error
    if isinstance(since, bool) or not isinstance(since, int) or since < 0:
        raise BadReading("cursor", "holds no time; read the connection in full", "it")
    return found


def remembered(text: str | None) -> Cursor | None:
    """What an earlier look left, as far as it can be understood."""
    try:
        return cursor(text)
    except BadReading:
        return None


def _moment(value: object) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise TypeError


def _levels(value: Any) -> dict[str, int] | None:
    return None if value is None else {str(each): int(level) for each, level in value.items()}


def after(newest: int | None, started: int | None, before: int | None) -> int:
    """Where the next read goes on: at the newest change seen, but not past the start of this one.

    An issue changed during a long read may lie on a page already read. When nothing newer was seen
    than the last time, it goes on from the start: else a quiet site's last many changes would be
    read again and again.
    """
    known = [instant for instant in (newest, started) if instant is not None]
    found = min(known) - _OVERLAP if known else 0
    if started is not None and before is not None and found <= before:
        found = started - _OVERLAP
    return max(0, found, before or 0)


def milliseconds(moment: datetime) -> int:
    """Epoch milliseconds, rounded down."""
    return int(moment.timestamp() * 1000)


def newest(instants: Iterable[datetime], before: int | None) -> int | None:
    """The newest of these and of what was seen before."""
    found = max(instants, default=None)
    if found is None:
        return before
    return max(milliseconds(found), before or 0)
