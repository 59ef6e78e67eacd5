"""Sees writes of a drain whose source another one has taken over, whatever let them pass."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from connector import failpoints
from sync import lease, pipeline, pull
from sync.lease import Claim


@dataclass
class Fence:
    """``taken`` is the newest epoch of each source that was claimed for certain."""

    taken: dict[int, int] = field(default_factory=dict)
    given: set[tuple[int, int]] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    writing: threading.local = field(default_factory=threading.local)

    def claimed(self, claim: Claim | None) -> Claim | None:
        """Somebody was told that the source is its own now."""
        if claim is not None:
            given = (claim.source_id, claim.epoch)
            if given in self.given:
                self.broken.append(f"epoch {claim.epoch} of {claim.source_id} was given twice")
            self.given.add(given)
            # Who is told late may have been overtaken by who was told of a later one.
            known = self.taken.get(claim.source_id, 0)
            self.taken[claim.source_id] = max(known, claim.epoch)
        return claim

    def reached(self, name: str) -> None:
        """A transaction is about to be committed."""
        claim: Claim | None = getattr(self.writing, "claim", None)
        if name != "store.committing" or claim is None:
            return
        if self.taken.get(claim.source_id, 0) > claim.epoch:
            self.broken.append(
                f"a drain of source {claim.source_id} writes in epoch {claim.epoch}, "
                f"which ended when {self.taken[claim.source_id]} began"
            )

    def writes(self, original: Callable[..., Any], claim_of: Callable[..., Claim]) -> Any:
        """The same function, under watch."""

        def watched(*given: Any, **named: Any) -> Any:
            self.writing.claim = claim_of(*given)
            try:
                return original(*given, **named)
            finally:
                self.writing.claim = None

        return watched


@contextmanager
def fenced() -> Iterator[Fence]:
    """Watch over all drains until the block ends."""
    fence, claim = Fence(), lease.claim

    def claiming(*given: Any, **named: Any) -> Claim | None:
        return fence.claimed(claim(*given, **named))

    write = fence.writes(pull._write, lambda drain, *_: drain.claim)
    finish = fence.writes(pipeline.finish, lambda _runtime, claim, *_: claim)
    with (
        mock.patch.object(lease, "claim", claiming),
        mock.patch.object(pull, "_write", write),
        mock.patch.object(pipeline, "finish", finish),
        failpoints.acting(fence.reached),
    ):
        yield fence
