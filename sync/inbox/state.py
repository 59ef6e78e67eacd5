"""What the inbox of one process remembers of one database; nothing of it is needed to be right."""

import os
import threading
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from connector.store import Store
from sync.inbox.bodies import Bodies
from sync.inbox.doors import Doors
from sync.inbox.peers import Peers
from sync.inbox.writer import Writer


@dataclass(frozen=True, slots=True)
class Inbox:
    """The doors as they were read, the thread that stores, and what came in lately."""

    doors: Doors = field(default_factory=Doors)
    writer: Writer = field(default_factory=Writer)
    bodies: Bodies = field(default_factory=Bodies)
    peers: Peers = field(default_factory=Peers)


_inboxes: WeakKeyDictionary[Store, Inbox] = WeakKeyDictionary()
_making = threading.Lock()
# A forked child has none of its parent's threads.
os.register_at_fork(after_in_child=_inboxes.clear)


def inbox_of(store: Store) -> Inbox:
    """The inbox for a database."""
    found = _inboxes.get(store)
    if found is None:
        with _making:
            found = _inboxes.setdefault(store, Inbox())
    return found
