"""Bodies seen lately: one that comes again under another identifier was captured and replayed.

It is taken for what it is, a hint, since a tracker may send the same words for two changes of one
second; the pause between two drains of a source bounds what a thousand of them can cost.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from hashlib import blake2b

MOST = 4096
_Body = tuple[int, bytes]


@dataclass(slots=True)
class Bodies:
    """The newest bodies of one process, by hash; each with the identifier it came with."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _seen: OrderedDict[_Body, str] = field(default_factory=OrderedDict)

    def is_replay(self, connection_id: int, identifier: str, body: bytes) -> bool:
        """Whether the body came before under another identifier; remembers it."""
        of = (connection_id, blake2b(body, digest_size=16).digest())
        with self._lock:
            first = self._seen.setdefault(of, identifier)
            self._seen.move_to_end(of)
            if len(self._seen) > MOST:
                self._seen.popitem(last=False)
        return first != identifier
