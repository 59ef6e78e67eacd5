"""Checks of one connection: whether it answers, what fails since when, and what is not told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from connector.errors import Refused, TrackerError
from connector.freshness import ConnectionReport
from connector.store.tables import Connection, DeliveryCount
from sync import kinds, tokens
from sync.connections import check, find
from sync.conventions import unfollowed
from sync.hooks.kept import Kept, kept
from sync.hooks.lost import FailedDelivery, summary, told_failed
from sync.hooks.watching import watched
from sync.move_settings import withheld
from sync.runtime import Runtime

NAMED = 5
"""How many sources and sentences a check names."""
LATELY = timedelta(days=1)
"""So long a delivery that was given up is a reason to look."""
_SAYS = "do what the sentence says; Worklift then goes on by itself"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``fix`` is empty when all is well."""

    name: str
    ok: bool
    message: str
    fix: str = ""


def connection(runtime: Runtime, report: ConnectionReport) -> Iterator[Check]:
    """All that is to be said of a connection; asks its tracker now."""
    answer = _answers(runtime, report)
    yield answer
    yield _freshness(report, answer)
    name = report.name
    yield from _token(runtime, name)
    yield from _limits(runtime, name)
    yield from _webhooks(runtime, name)
    yield from _conventions(runtime, name)


def _answers(runtime: Runtime, report: ConnectionReport) -> Check:
    title, test = f"connection {report.name}", f"run: worklift connections --test {report.name}"
    try:
        who = check(runtime, report.name).who
    except (TrackerError, Refused) as error:
        fix = kinds.advice([kinds.kind_of(error)], stale=True) or f"once that is done, {test}"
        return Check(title, ok=False, message=str(error), fix=fix)
    if report.pause and report.word != "broken":
        return Check(title, ok=True, message=f"answers as {who}; an admin paused it")
    if report.word == "broken":
        message = f"answers as {who} again, but no call is made since it was refused"
        return Check(title, ok=False, message=message, fix=test)
    return Check(title, ok=True, message=f"answers as {who}")


def _freshness(report: ConnectionReport, answer: Check) -> Check:
    title = f"freshness {report.name}"
    if not report.sources:
        return Check(title, ok=True, message="no link reads it yet")
    seen = f"last complete look: {_at(report.looked_at)}"
    if report.pause:
        pause = report.pause
        message = f"paused since {_at(pause.since)} by {pause.by} ({pause.why}); {seen}"
        fix = f"once it may be read again, run: worklift resume {report.name}"
        return Check(title, ok=report.word == "paused", message=message, fix=fix)
    if report.word in {"fresh", "waiting"} and not report.error:
        return Check(title, ok=True, message=seen)
    if report.error:
        message = _as_a_whole(report, answer)
    elif report.failing:
        message = _one_by_one(report)
    else:
        message = "the last complete look is older than the freshness limit"
    rest = f"; {seen}" if report.word != "partly" else ""
    return Check(title, ok=False, message=f"{message}{rest}", fix=report.fix or _SAYS)


def _as_a_whole(report: ConnectionReport, answer: Check) -> str:
    """Since when it fails; why, where the answer just now was another one."""
    begun = "refused" if report.word == "broken" else "failing"
    since = f" since {_at(report.failing_since)}" if report.failing_since else ""
    why = f": {(report.error or '').rstrip('.')}" if report.error != answer.message else ""
    return f"{begun}{since}{why}"


def _one_by_one(report: ConnectionReport) -> str:
    failing = report.failing
    told = [
        f"{each.key or 'whole account'} since {_at(each.failing_since)}: {each.error}"
        for each in failing[:NAMED]
    ]
    more = f" And {len(failing) - NAMED} more." if len(failing) > NAMED else ""
    fresh = report.word == "partly"
    others = f", the others were read completely at {_at(report.looked_at)}" if fresh else ""
    count = f"{len(failing)} of {len(report.sources)} sources fail"
    return f"{count}{others}. {' '.join(told)}{more}".rstrip(".")


def _at(instant: datetime | None) -> str:
    return instant.isoformat(timespec="seconds") if instant else "not yet"


def _token(runtime: Runtime, name: str) -> Iterator[Check]:
    with runtime.store.read() as session:
        row = find(session, name)
    found = tokens.warning(row, runtime.clock())
    if found:
        good = row.token_until is not None and row.token_until > runtime.clock()
        fix = f"make a new token and run worklift connect {row.tracker} {name} again"
        yield Check(f"token {name}", ok=good, message=found, fix=fix)


def _limits(runtime: Runtime, name: str) -> Iterator[Check]:
    """What the tracker's limits left, as it told last; nothing where it told none."""
    with runtime.store.read() as session:
        left = find(session, name).budget or {}
    if left.get("remaining") is None:
        return
    whole = f" of {left['limit']:,.0f}" if left.get("limit") else ""
    until = f", until {left['resets_at'][:16]} UTC" if left.get("resets_at") else ""
    near = bool(left.get("near"))
    yield Check(
        f"limits {name}",
        ok=not near,
        message=f"{left['remaining']:,.0f}{whole} calls left{until}",
        fix="nothing to do: Worklift waits by itself; fewer links cost fewer calls" if near else "",
    )


def _webhooks(runtime: Runtime, name: str) -> Iterator[Check]:
    """Webhooks a person asked us to keep at the tracker; nothing is said where nobody did."""
    with runtime.store.read() as session:
        row = find(session, name)
    held = kept(row)
    if held is None:
        yield from _by_hand(runtime, row)
        return
    title, again = f"webhooks {name}", f"run: worklift hooks {name} --register"
    if held.error:
        message = (
            f"they could not be set up or renewed, so changes may wait for the poll: {held.error}"
        )
        fix = f"do what the sentence asks, then {again}"
        yield Check(title, ok=False, message=message, fix=fix)
    elif held.expires_at is not None and held.expires_at <= runtime.clock():
        ended = held.expires_at.isoformat(timespec="seconds")
        message = f"they ended {ended} and nobody renewed them, so changes wait for the poll"
        yield Check(
            title, ok=False, message=message, fix=f"see that a clock process runs, or {again}"
        )
    else:
        yield _deliveries(runtime, row, held)


def _deliveries(runtime: Runtime, row: Connection, held: Kept) -> Check:
    """Webhooks that are kept: where they are lacking, and what did not arrive."""
    found = told_failed(runtime, row)
    lost = _lost(runtime, found)
    why = held.recovery.error
    unseen = f"Failed deliveries cannot be looked at: {why}" if why else ""
    said = " ".join(filter(None, (*held.lacking, unseen, summary(found))))
    message = f"kept set up by Worklift. {said}" if said else "kept set up by Worklift"
    if not (lost or held.lacking or unseen):
        return Check(f"webhooks {row.name}", ok=True, message=message)
    if lost:
        message += f" The last was {lost[0].event} ({lost[0].why}): {lost[0].outcome}."
    fix = f"see worklift hooks {row.name}, then run: worklift hooks {row.name} --register"
    return Check(f"webhooks {row.name}", ok=False, message=message, fix=fix)


def _lost(runtime: Runtime, found: Sequence[FailedDelivery]) -> list[FailedDelivery]:
    """Those that are a reason to look."""
    today = runtime.clock() - LATELY
    late = [each for each in found if each.state == "given up" and each.at > today]
    return [each for each in found if each.state == "refused" or each in late]


def _by_hand(runtime: Runtime, row: Connection) -> Iterator[Check]:
    """Webhooks that people entered: what did not arrive, and what cannot be seen of that."""
    held, title = watched(row), f"webhooks {row.name}"
    found = told_failed(runtime, row)
    lost = _lost(runtime, found)
    if number := _forged(runtime, row):
        were = "1 delivery was" if number == 1 else f"{number:,} deliveries were"
        message = f"{were} refused, and none came through since: the signature does not fit"
        fix = (
            "compare the secret in the tracker's webhook with this connection's; where it is not"
            f" known any more, make a new one with worklift hooks {row.name} --rotate"
        )
        yield Check(title, ok=False, message=message, fix=fix)
    elif lost:
        message = (
            f"{summary(found)} The last was {lost[0].event} ({lost[0].why}): {lost[0].outcome}"
        )
        fix = f"see worklift hooks {row.name}; correct the webhook in the tracker's settings"
        yield Check(title, ok=False, message=message, fix=fix)
    elif held.ids or (held.unseen and row.delivered_at is not None):
        said = " ".join(filter(None, ("entered by hand.", held.unseen, summary(found))))
        yield Check(title, ok=True, message=said)


def _forged(runtime: Runtime, row: Connection) -> int:
    """Deliveries with a signature that does not fit, where the last ones of today had none."""
    query = select(DeliveryCount).where(
        DeliveryCount.connection_id == row.id, DeliveryCount.kind == "forged"
    )
    with runtime.store.read() as session:
        found = session.scalars(query).one_or_none()
    if found is None or found.last_at <= runtime.clock() - LATELY:
        return 0
    came = row.delivered_at is not None and row.delivered_at >= found.last_at
    return 0 if came else found.number


def _conventions(runtime: Runtime, name: str) -> Iterator[Check]:
    """Items that name key results in vain; nothing is said where none does."""
    with runtime.store.read() as session:
        row = find(session, name)
    every = unfollowed(runtime, name)
    # Those that rest are told first.
    resting = every[: len(withheld(row))]
    if resting:
        fix = (
            f"where the new owner may link work, add the new name on the page of {name}, or all"
            f" names with worklift connect {row.tracker} {name} --conventions …; the old one can go"
        )
        yield Check(f"conventions {name}", ok=False, message=" ".join(resting), fix=fix)
    if found := every[len(resting) :]:
        more = f" And {len(found) - NAMED} more." if len(found) > NAMED else ""
        fix = "correct the label or the line in the tracker, or the key result"
        message = f"{' '.join(found[:NAMED])}{more}"
        yield Check(f"conventions {name}", ok=False, message=message, fix=fix)
