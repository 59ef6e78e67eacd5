"""Whether the numbers can be trusted: connections and sources as people see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """One source's freshness; ``waiting`` says that changes are known and not yet read."""

    key: str
    looked_at: datetime | None
    due_at: datetime | None
    not_before: datetime | None
    failing_since: datetime | None
    waiting: bool
    error: str | None
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    """Whether a connection's numbers can be trusted; ``error`` and ``fix`` are sentences.

    ``word``: fresh, waiting (not read yet), ageing (failing, but young enough), stale, broken
    (calls stopped until a person acts). ``unreadable`` are (item, sentence). ``token_until`` is
    the token's end where it is known, ``token_warning`` a sentence from two weeks before; one that
    ``renews`` itself needs nobody. ``budget`` is what the tracker's limits left.
    """

    name: str
    tracker: str
    label: str
    url: str
    who: str
    word: Literal["fresh", "waiting", "ageing", "stale", "broken"]
    looked_at: datetime | None
    error: str | None
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
