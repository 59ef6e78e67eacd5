"""Drains with one thing wrong."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import delete, update

from connector.errors import TrackerError
from connector.store.tables import Hint, Item, Source
from integrations.github import cursors as github_cursors
from integrations.jira import cursors as jira_cursors
from integrations.tracker import Fetched, Look
from sync import ending, failures, finish, lease, mirror, pipeline, pull, reckon, schedule
from tests.faults.mutant import Made, Mutant, around, instead, replaced, together

EVER = timedelta(days=3650)
BEYOND = 900
"""A place that no scenario has: what shows without a blow is not to be hidden by one."""


def _current(original: Any) -> Any:
    def close(ended: Any, runtime: Any) -> None:
        original(ended, runtime)
        ended.source.done_seq = ended.source.dirty_seq

    return close


def _all_hints(original: Any) -> Any:
    def close(ended: Any, runtime: Any) -> None:
        original(ended, runtime)
        ended.session.execute(delete(Hint).where(Hint.source_id == ended.source.id))

    return close


def _unfenced(session: Any, claim: Any, _now: datetime) -> Source:
    found: Source = session.get_one(Source, claim.source_id)
    return found


def _cursor_first(original: Any) -> Any:
    """The cursor is stored before the pages that it covers."""

    def read(drain: Any, asked: Any, order: Any) -> None:
        parts = asked.read(order.source_key, order.need, order.cursor, sweep=order.sweep)
        look = next(each for each in parts if isinstance(each, Look))
        with drain.runtime.store.write() as session:
            session.get_one(Source, drain.claim.source_id).cursor = look.cursor
        original(drain, asked, order)

    return read


def _any_age(original: Any) -> Any:
    """What the mirror holds is taken for older than whatever comes."""

    def held(*given: Any) -> dict[str, Any]:
        ever = {"updated_at": datetime.min.replace(tzinfo=UTC)}
        rows = original(*given).items()
        return {key: SimpleNamespace(**{**row._asdict(), **ever}) for key, row in rows}

    return held


def _whole_anyway(original: Any) -> Any:
    """A read that failed is taken for all there is."""

    def pulled(drain: Any, asked: Any, order: Any, tracker: Any) -> None:
        try:
            original(drain, asked, order, tracker)
        except TrackerError:
            drain.seen.look = Look(cursor=order.cursor or "{}", complete=True)
            drain.seen.listed = drain.seen.listed or set()

    return pulled


def _refused_is_gone(original: Any) -> Any:
    """What could not be asked for counts as not there."""

    class Asked:
        def __init__(self, asked: Any) -> None:
            self._asked = asked

        def __getattr__(self, name: str) -> Any:
            return getattr(self._asked, name)

        def fetch(self, source: str, refs: Any) -> Fetched:
            try:
                found: Fetched = self._asked.fetch(source, refs)
            except TrackerError:
                return Fetched((), tuple(refs))
            return found

    return lambda drain, asked, order, tracker: original(drain, Asked(asked), order, tracker)


def _hints_forgotten(original: Any) -> Any:
    """What failed is done with."""

    def note(runtime: Any, claim: Any, *more: Any) -> Any:
        said = original(runtime, claim, *more)
        with runtime.store.write() as session:
            source = session.get_one(Source, claim.source_id)
            source.done_seq = source.dirty_seq
            session.execute(delete(Hint).where(Hint.source_id == source.id))
        return said

    return note


def _marks_forgotten(original: Any) -> Any:
    """What a drain that was cut off has stored is not reckoned by the next one."""

    def claim(runtime: Any, source_id: int, **more: Any) -> Any:
        with runtime.store.write() as session:
            mine = update(Item).where(Item.source_id == source_id)
            session.execute(mine.values(unreckoned=False))
        return original(runtime, source_id, **more)

    return claim


_later: list[Any] = []


def _score_later(original: Any) -> Any:
    """Scores follow in a transaction of their own."""

    def rescore(session: Any, ids: Any, now: datetime) -> None:
        _later.append((original, set(ids), now))

    return rescore


def _score_after(original: Any) -> Any:
    def ring(runtime: Any, again: Any) -> None:
        kept, _later[:] = list(_later), []  # a process that is killed here takes them with it
        original(runtime, again)
        with runtime.store.write() as session:
            while kept:
                rescore, ids, now = kept.pop()
                rescore(session, ids, now)

    return ring


@contextlib.contextmanager
def _apart() -> Iterator[None]:
    _later.clear()
    later, after = _score_later(reckon.rescore), _score_after(finish._ring)
    with replaced((reckon, "rescore", later), (finish, "_ring", after)):
        yield


def _our_clock(original: Any) -> Any:
    """The next read goes on from what our clock shows."""

    def read(drain: Any, asked: Any, order: Any) -> None:
        original(drain, asked, order)
        look, now = drain.seen.look, drain.runtime.clock()
        body = json.loads(look.cursor)
        number = isinstance(body.get("since"), int)
        since = int(now.timestamp() * 1000) if number else f"{now:%Y-%m-%dT%H:%M:%SZ}"
        drain.seen.look = replace(look, cursor=json.dumps({**body, "since": since}))

    return read


_no_overlap: Made = together(
    instead(jira_cursors, "_OVERLAP", 0),
    instead(github_cursors, "_OVERLAP", timedelta()),
)
_never_over: Made = together(instead(lease, "LENGTH", EVER), instead(schedule, "LENGTH", EVER))

MUTANTS = (
    Mutant("done is what is dirty by now", around(finish, "_close", _current),
           meets=("drain", "accept")),
    Mutant("all hints are done with", around(finish, "_close", _all_hints),
           meets=("drain", "accept")),
    Mutant("no epoch is looked at", instead(lease, "held", _unfenced), meets=("drain", "drain")),
    Mutant("what was read is always current",
           instead(ending.Ending, "is_current", property(lambda _self: True)),
           meets=("drain", "apply")),
    Mutant("a lease never ends", _never_over),
    Mutant("the cursor is stored before its pages", around(pull, "_read", _cursor_first),
           struck=("read what changed", "kill"), first=15),
    Mutant("a stale page overwrites what is newer", around(mirror, "_held", _any_age),
           struck=("read what searches still show", "forbidden"), first=BEYOND),
    Mutant("what a failed page lacks is deleted", around(pipeline, "pull", _whole_anyway),
           struck=("read what deliveries named, GitHub", "forbidden")),
    Mutant("what is refused is gone", around(pull, "_single", _refused_is_gone),
           struck=("read what deliveries named", "forbidden")),
    Mutant("an error does away with hints", around(failures, "_note", _hints_forgotten),
           struck=("read what deliveries named", "forbidden")),
    Mutant("what was stored before a crash is not reckoned",
           around(lease, "claim", _marks_forgotten),
           struck=("read what changed", "kill"), first=14),
    Mutant("nothing is ever gone", instead(finish, "bury_gone", lambda *_: 0)),
    Mutant("scores follow in a transaction of their own", _apart,
           struck=("read what changed", "kill"), first=22),
    Mutant("the next read goes on from our clock", around(pull, "_read", _our_clock),
           struck=("read what is told late", "forbidden")),
    Mutant("reads do not overlap", _no_overlap,
           struck=("read what is told late", "forbidden")),
)  # fmt: skip
