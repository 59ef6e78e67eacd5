"""What items are to say of the key results they serve, and saying it: off unless asked for twice,
by an admin for the connection and by whoever links."""

from sync.writeback.allowing import allow
from sync.writeback.doors import ring, waiting
from sync.writeback.reporting import LinkNotes, WriteBack, write_back
from sync.writeback.sending import PACE, Sent, answer, send

__all__ = [
    "PACE",
    "LinkNotes",
    "Sent",
    "WriteBack",
    "allow",
    "answer",
    "ring",
    "send",
    "waiting",
    "write_back",
]
