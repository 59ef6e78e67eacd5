"""Gives a key result the links it should have: one write for making, changing and bringing back."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from connector.plans import PlanLink
from connector.store.tables import KeyResult, Link
from sync import lease, writeback
from sync.linking.standing import refuse_closed
from sync.planning.apply import follow
from sync.planning.fitting import refuse_misfit
from sync.planning.write import Writer
from sync.preview.wanted import links_of, stored
from sync.runtime import Runtime
from sync.said import Subject
from sync.scores import alone

Wanted = Callable[[Session, KeyResult, Sequence[Link]], Sequence[PlanLink]]
"""All links a key result is to have, from its row and those it has."""


def write(runtime: Runtime, subject: Subject, wanted: Wanted) -> None:
    """Save them, and let the numbers follow; raises ``Refused``, and nothing is saved then."""
    with runtime.store.write() as session:
        alone(session)
        lease.all_together(session)
        cycle, _, row = stored(session, subject.cycle, subject.key)
        refuse_closed(cycle, row)
        links = wanted(session, row, links_of(session, row.id))
        refuse_misfit(session, (subject.cycle, subject.key), links)
        writer = Writer(session, runtime.clock(), subject.author)
        writer.relink(row, links)
        dirty = follow(runtime, session, writer, anew=False)
    for source_id in dirty:
        runtime.doorbell.ring(source_id)
    writeback.ring(runtime)
