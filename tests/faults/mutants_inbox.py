"""Inboxes with one thing wrong."""

from typing import Any

from sqlalchemy import select

from connector.store.tables import Delivery
from sync.inbox import batch, folding, judge, marks, writer
from sync.inbox.ringing import ring
from tests.faults.mutant import Mutant, around, instead


def _without_source(original: Any) -> Any:
    def store(database: Any, entries: Any, *more: Any) -> Any:
        known = set(database.execute(select(Delivery.identifier)).scalars())
        fresh = [each for each in entries if each.delivery.identifier not in known]
        for each in entries:
            each.fate = "repeated"
        return original(database, fresh, *more) if fresh else None

    return store


def _early(original: Any) -> Any:
    def store(database: Any, entries: Any, *more: Any) -> None:
        original(database, entries, *more)
        for each in entries:
            ring(each.runtime, each.rings)

    return store


def _stored_anyway(original: Any) -> Any:
    def failed(self: Any, entries: Any, _error: BaseException) -> None:
        for each in entries:
            each.fate = "stored"
            each.tell()

    return failed


def _nothing(*_given: Any, **_named: Any) -> None:
    return None


MUTANTS = (
    Mutant("hints are dropped", instead(folding, "kept", lambda *_: ())),
    Mutant("a delivery marks nothing dirty", instead(marks, "mark", _nothing)),
    Mutant("deliveries are known by id without source",
           around(batch, "store", _without_source), names=("jira", "github")),
    Mutant("the doorbell rings before the commit", around(batch, "store", _early)),
    Mutant("what was not stored is acknowledged",
           around(writer.Writer, "_failed", _stored_anyway)),
    Mutant("signatures are not looked at", instead(judge, "_signed", lambda *_: True)),
)  # fmt: skip
