"""How often an address was refused lately: beyond some measure it costs next to nothing more.

Good deliveries are never held back for it: trackers send for everybody from the same addresses, so
anybody can have forgeries sent from them.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

BURST, PER_SECOND = 120.0, 2.0
MOST = 4096
"""Addresses remembered, the newest."""


@dataclass(slots=True)
class Peers:
    """Refusals by address: each may have a burst, and then some a second."""

    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def is_spent(self, peer: str) -> bool:
        """Whether it has been refused too often."""
        return bool(peer) and self._now(_network(peer)) < 1

    def refused(self, peer: str) -> None:
        """Count one more."""
        if not peer:
            return
        of = _network(peer)
        with self._lock:
            self._left[of] = (max(0.0, self._now(of) - 1), self.clock())
            self._left.move_to_end(of)
            if len(self._left) > MOST:
                self._left.popitem(last=False)

    def __len__(self) -> int:
        return len(self._left)

    def _now(self, of: str) -> float:
        left, at = self._left.get(of, (BURST, self.clock()))
        return min(BURST, left + (self.clock() - at) * PER_SECOND)


def _network(peer: str) -> str:
    """An IPv6 address stands for its network: whoever has one has 2⁶⁴."""
    try:
        address = ip_address(peer)
    except ValueError:
        return peer
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else peer
