"""The inbox: a delivery is verified, stored with its source marked dirty, then answered."""

from sync.inbox.receipt import NOBODY, Receipt
from sync.inbox.receive import receive

__all__ = ["NOBODY", "Receipt", "receive"]
