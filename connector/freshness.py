"""Whether the numbers can be trusted: connections and sources as people see them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

SourceWord = Literal["fresh", "waiting", "ageing", "stale", "paused"]
Word = Literal["fresh", "waiting", "partly", "ageing", "stale", "broken", "paused"]


@dataclass(frozen=True, slots=True)
class Pause:
    """An admin has a connection left alone, since when and why."""

    since: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """One source's freshness; ``waiting`` says that changes are known and not yet read.

    ``word``: fresh, waiting (not read yet), ageing (failing, but young enough), stale, paused (not
    stale yet). ``next_at`` is when it is tried next, None while no call is made. ``reads`` says
    what it is read for. ``items`` are those it shows, also of another place (boards).
    """

    key: str
    word: SourceWord
    looked_at: datetime | None
    due_at: datetime | None
    not_before: datetime | None
    next_at: datetime | None
    failing_since: datetime | None
    waiting: bool
    error: str | None
    error_kind: str | None
    items: int
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    """Whether a connection's numbers can be trusted; ``error`` and ``fix`` are sentences.

    ``word``: fresh, waiting (not read yet), partly (some sources fail, the others are fresh),
    ageing (failing, but young enough), stale, broken (calls stopped until a person acts), paused
    (``pause`` says since when, by whom and why; it goes stale as any other).
    ``looked_at`` is the oldest complete look of the sources that do not fail, of all where none is
    fresh; ``failing_since`` when the first of those that fail began to, or calls stopped. ``error``
    is what all of it suffers from; where sources differ each tells its own. ``fix`` is None where
    the errors name theirs. While ``rests_until`` is set no source is tried before, and then one.

    ``unreadable`` are (item, sentence). ``token_until`` is the token's end where it is known,
    ``token_warning`` a sentence from two weeks before; one that ``renews`` itself needs nobody.
    ``budget`` is what the tracker's limits left.
    """

    name: str
    tracker: str
    label: str
    url: str
    who: str
    word: Word
    looked_at: datetime | None
    failing_since: datetime | None
    rests_until: datetime | None
    error: str | None
    error_kind: str | None
    fix: str | None
    links: int
    delivered_at: datetime | None
    refused_deliveries: int
    hook_url: str
    webhook_help: str
    sources: tuple[SourceReport, ...]
    unreadable: tuple[tuple[str, str], ...]
    token_until: datetime | None = None
    token_warning: str | None = None
    renews: bool = False
    budget: Mapping[str, Any] | None = None
    pause: Pause | None = None

    @property
    def failing(self) -> tuple[SourceReport, ...]:
        """The sources that fail, those that fail longest first."""
        failed = [each for each in self.sources if each.error]
        return tuple(sorted(failed, key=lambda each: (each.failing_since or _NEVER, each.key)))

    @property
    def resets_at(self) -> datetime | None:
        """When the tracker's limits begin anew, where it told."""
        told = self.budget.get("resets_at") if self.budget else None
        return datetime.fromisoformat(told) if told else None

    def as_json(self) -> dict[str, Any]:
        """For programs: what fails, since when, and what to do."""
        return {name: _plain(value) for name, value in asdict(self).items()}


_NEVER = datetime.max.replace(tzinfo=UTC)


def _plain(values: Any) -> Any:
    """The same with instants as text."""
    if isinstance(values, datetime):
        return values.isoformat()
    if isinstance(values, Mapping):
        return {name: _plain(each) for name, each in values.items()}
    if isinstance(values, list | tuple):
        return [_plain(each) for each in values]
    return values
