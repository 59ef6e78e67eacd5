"""What is told of deliveries that failed: which, why, and what became of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.store.tables import Connection
from sync.hooks.failed import KEPT, Failed
from sync.hooks.kept import kept
from sync.hooks.recovering import arrived
from sync.hooks.watching import watched
from sync.runtime import Runtime

_WHY_REFUSED = {
    401: "Worklift refused it: another secret than ours stands in the tracker, so sending it again"
    " is of no use; have the webhook set up again",
    413: "Worklift refused it for its size, so sending it again is of no use",
    415: "Worklift refused it as compressed, so sending it again is of no use",
    422: "Worklift could not read it, so sending it again is of no use",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedDelivery:
    """One of them, as people see it; ``state`` is waits, arrived, refused,
    mended (the webhook was set up anew since) or given up."""

    event: str
    at: datetime
    why: str
    state: str
    outcome: str


def told_failed(runtime: Runtime, row: Connection) -> tuple[FailedDelivery, ...]:
    """Those of the last days, the newest first; of webhooks we keep, else of those by hand."""
    since, held = runtime.clock() - KEPT, kept(row)
    recovery = held.recovery if held else watched(row).recovery
    recent = [each for each in recovery.failed if each.at > since]
    with runtime.store.read() as session:
        found = arrived(session, row.id, recent)
    return tuple(_told(each, ours=held is not None) for each in reversed(found))


def summary(failed: Sequence[FailedDelivery]) -> str:
    """How many there are and what became of them; '' for none."""
    if not failed:
        return ""
    counts = Counter(each.state for each in failed)
    parts = [f"{count} {words}" for state, words in _WORDS.items() if (count := counts[state])]
    many = "1 delivery" if len(failed) == 1 else f"{len(failed)} deliveries"
    return f"In the last {KEPT.days} days {many} failed: {', '.join(parts)}."


_WORDS = {
    "arrived": "arrived after all",
    "waits": "to be sent again",
    "refused": "refused by Worklift",
    "mended": "refused before the webhook was set up anew",
    "given up": "given up, which the poll makes up for",
}


def _told(each: Failed, *, ours: bool) -> FailedDelivery:
    code = f"HTTP {each.status}" if each.status and str(each.status) not in each.why else ""
    why = ", ".join(filter(None, (each.why, code))) or "no answer"
    return FailedDelivery(
        event=each.event, at=each.at, why=why, state=each.state, outcome=_outcome(each, ours=ours)
    )


def _outcome(each: Failed, *, ours: bool) -> str:
    times = "once" if each.asked == 1 else f"{each.asked} times"
    match each.state:
        case "arrived":
            return f"arrived, sent again {times}" if each.asked else "arrived all the same"
        case "refused":
            return _WHY_REFUSED[each.status]
        case "mended":
            return "Worklift refused it; the webhook has been set up anew since"
        case "waits" if each.again_at:
            then = f"{each.again_at:%H:%M} UTC"
            return (
                f"sent again {times}, looked at again at {then}"
                if each.asked
                else ("is sent again next")
            )
        case _ if not ours:
            return (
                "not sent again, since this webhook was entered by hand; the poll reads what it"
                " told of"
            )
        case _:
            tried = f" after it was sent again {times}" if each.asked else ""
            return f"given up{tried}; the poll reads what it told of"
