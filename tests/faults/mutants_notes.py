"""Write-backs with one thing wrong."""

from datetime import datetime
from typing import Any

from integrations.github.writeback_comments import Comments
from integrations.jira.writeback import JiraWriter
from sync.writeback import order, sending, turn
from sync.writeback.turn import Turn
from tests.faults.mutant import Made, Mutant, around, instead, together


def _none(*_given: Any) -> None:
    return None


def _marked_first(original: Any) -> Any:
    """The note counts as sent before it is."""

    def one(under_way: Any, charged: Any) -> Any:
        order.arrived(under_way.runtime, charged, charged.remote_id or "")
        return original(under_way, charged)

    return one


def _anybodys(runtime: Any, connection_id: int) -> Turn:
    return Turn(f"notes/{connection_id}", runtime.clock() + turn.LENGTH)


def _always(*_given: Any) -> bool:
    return True


def _not_charged(original: Any) -> Any:
    """A try that is under way leaves no mark: what came of it is not known to anybody."""

    def charge(runtime: Any, held: Any, note_id: int) -> Any:
        with runtime.store.read() as session:
            row = session.get(order.Row, note_id)
            now: datetime = runtime.clock()
            if row is None or not order._is_due(row, now):
                return None
            return order._order(runtime, session, row)

    return charge


_blind: Made = together(instead(JiraWriter, "_ours", _none), instead(Comments, "_ours", _none))
_two_at_once: Made = together(
    instead(turn, "take", _anybodys),
    instead(turn, "keep", _always),
    instead(order, "_is_due", _always),
)

MUTANTS = (
    Mutant("a note is made again without a look", _blind,
           struck=("write notes, GitHub", "silence")),
    Mutant("a note is marked sent before it is", around(sending, "_one", _marked_first),
           struck=("write notes", "forbidden")),
    Mutant("two senders have the turn", _two_at_once, meets=("send", "send"), first=20),
)  # fmt: skip
