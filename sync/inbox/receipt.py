"""What the sender of a delivery is answered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a delivery: an HTTP status and a sentence; ``again_in`` are seconds."""

    status: int
    sentence: str
    again_in: int | None = None


ACCEPTED = Receipt(202, "accepted")
NOBODY = Receipt(404, "there is no such connection")
FORGED = Receipt(401, "the signature does not fit the webhook's secret")
TOO_MANY = Receipt(429, "too many deliveries from this address were refused; wait a little", 30)
BUSY = Receipt(503, "the delivery could not be stored right now; send it again", 5)
UNCHECKED = Receipt(503, "the delivery could not be checked right now; send it again", 60)
UNSTORABLE = Receipt(422, "the delivery holds what cannot be stored")


def too_large(most: int) -> Receipt:
    """The answer to one that is signed and larger than its tracker sends."""
    return Receipt(413, f"the delivery is larger than {most // 1024 // 1024} MiB")


def unreadable(why: str) -> Receipt:
    """The answer to one that is signed and makes no sense."""
    return Receipt(422, f"the delivery could not be read: {why}")
