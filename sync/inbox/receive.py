"""The way of one delivery: judged, read, handed to the writer, answered, rung for."""

import time
from collections.abc import Mapping

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from connector import failpoints
from connector.errors import BadReading, Refused
from integrations.tracker import Delivery
from sync import refusals
from sync.inbox import receipt, writer
from sync.inbox.doors import Door
from sync.inbox.entry import Entry, Fate
from sync.inbox.judge import Arrival, refusal
from sync.inbox.receipt import Receipt
from sync.inbox.ringing import ring
from sync.inbox.state import Inbox, inbox_of
from sync.runtime import Runtime

TRIES = 3
"""How often a delivery is judged anew because its connection was changed meanwhile."""
_ANSWERS: dict[Fate, Receipt] = {
    "stored": receipt.ACCEPTED,
    "repeated": receipt.ACCEPTED,
    "unstorable": receipt.UNSTORABLE,
}


def receive(
    runtime: Runtime,
    name: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    path: str | None = None,
    peer: str = "",
) -> Receipt:
    """Accept one delivery for the connection ``name``; any bytes are safe to pass.

    It proves itself by its signature, or comes by a secret ``path`` and bears none.
    """
    failpoints.reach("inbox.received")
    arrival = Arrival(name=name, headers=headers, body=body, path=path, peer=peer)
    try:
        return _received(runtime, inbox_of(runtime.store), arrival)
    except (DBAPIError, PoolTimeout):  # it could not even be asked who may deliver
        return receipt.BUSY
    except Refused:  # the key is another one: nobody's fault but ours, and told to admins
        return receipt.UNCHECKED


def _received(runtime: Runtime, inbox: Inbox, arrival: Arrival) -> Receipt:
    until = time.monotonic() + writer.ANSWER_WITHIN
    for _ in range(TRIES):
        found = _judged(runtime, inbox, arrival)
        if isinstance(found, Receipt):
            return found
        delivery = _read(runtime, found, arrival)
        if isinstance(delivery, Receipt):
            refusals.count(runtime, found, "unreadable")
            return delivery
        failpoints.reach("inbox.verified")
        entry = Entry(runtime, found, delivery, runtime.clock(), until)
        fate = _stored(runtime, inbox, entry)
        if fate != "changed":
            _noticed(inbox, entry, arrival.body)
            return _ANSWERS.get(fate, receipt.BUSY)
        inbox.doors.read(runtime.store, arrival.name)
    return receipt.BUSY


def _read(runtime: Runtime, door: Door, arrival: Arrival) -> Delivery | Receipt:
    tracker = runtime.tracker(door.tracker)
    most = tracker.spec.largest_delivery
    if len(arrival.body) > most:
        return receipt.too_large(most)
    try:
        return tracker.delivery(arrival.headers, arrival.body)
    except BadReading as error:
        return receipt.unreadable(str(error))


def _judged(runtime: Runtime, inbox: Inbox, arrival: Arrival) -> Door | Receipt:
    """The door it may come in by, or why not.

    First by what is known of the connection, then, unless that is good, by what is so now.
    """
    name, peer = arrival.name, arrival.peer
    door = inbox.doors.kept(name)
    refused = refusal(runtime, door, arrival)
    if refused is None and door is not None:
        return door
    spent = inbox.peers.is_spent(peer)
    if not (spent and inbox.doors.is_recent(name)):
        kept, door = door, inbox.doors.read(runtime.store, name)
        if door != kept or arrival.path is not None:  # a wrong path costs what any other does
            refused = refusal(runtime, door, arrival)
        if refused is None and door is not None:
            return door
    inbox.peers.refused(peer)
    if refused is receipt.FORGED and door is not None:
        refusals.count(runtime, door, "forged")
    return receipt.TOO_MANY if spent else refused or receipt.NOBODY


def _stored(runtime: Runtime, inbox: Inbox, entry: Entry) -> Fate:
    try:
        inbox.writer.put(entry)
    except writer.Full:
        return "busy"
    failpoints.reach("inbox.queued")
    fate = entry.heard()
    failpoints.reach("inbox.answered")
    if fate == "stored":
        ring(runtime, entry.rings)
    return fate


def _noticed(inbox: Inbox, entry: Entry, body: bytes) -> None:
    """Count what came again."""
    door, identifier = entry.door, entry.delivery.identifier
    if entry.fate == "repeated":
        refusals.count(entry.runtime, door, "repeated")
    elif entry.fate == "stored" and inbox.bodies.is_replay(door.id, identifier, body):
        refusals.count(entry.runtime, door, "replayed")
