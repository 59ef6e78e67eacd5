"""How a connection's webhooks do, and what to do to have them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from connector.store.tables import Connection
from integrations.tracker import Spec, secret_path
from sync import refusals
from sync.connections import find
from sync.hook_secret import HookSecret, opened
from sync.hooks.doors import NO_ADDRESS, door_of
from sync.hooks.kept import Kept, kept
from sync.hooks.lost import FailedDelivery, told_failed
from sync.hooks.watching import watched
from sync.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class HookStatus:
    """``url`` is the door for signed deliveries, ``secret_url`` the one for those without a
    signature, which nobody else may know; both are None while our own address is not known.
    ``steps`` say how to have webhooks. ``ids`` are those we set up, until ``expires_at``, for
    ``places`` only where there are any; ``lacking`` says where there are none. ``failed`` are
    deliveries of the last days that failed at first, ``unseen`` why these are not known.
    ``counted`` are deliveries that moved nothing, by kind (``sync.refusals``).
    ``by_hand`` are webhooks that lead here and were entered by people, as far as they are shown.
    ``old_until``: so long the secret of before is good.
    """

    name: str
    label: str
    can_register: bool
    asked: bool
    url: str | None
    secret_url: str | None
    steps: tuple[str, ...]
    ids: tuple[str, ...]
    places: tuple[str, ...]
    expires_at: datetime | None
    error: str | None
    delivered_at: datetime | None
    refused: int
    counted: Mapping[refusals.Kind, int]
    old_until: datetime | None
    lacking: tuple[str, ...]
    failed: tuple[FailedDelivery, ...]
    unseen: str | None
    by_hand: tuple[str, ...] = ()

    @property
    def moved_nothing(self) -> str:
        """What was counted, in words."""
        return refusals.told(self.counted)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            **_texts(asdict(self)),
            "failed": [_texts(asdict(each)) for each in self.failed],
        }


def status(runtime: Runtime, name: str) -> HookStatus:
    """The state of one connection's webhooks; asks the tracker nothing."""
    with runtime.store.read() as session:
        row = find(session, name)
        counted = refusals.counts(session, row.id)
    spec = runtime.tracker(row.tracker).spec
    secret, held = opened(runtime.vault, row), kept(row) or Kept()
    door, now = door_of(runtime, row), runtime.clock()
    unsigned = door is not None and "secret_path" in spec.capabilities
    return HookStatus(
        name=row.name,
        label=spec.label,
        can_register="registering" in spec.capabilities,
        asked=row.registered is not None,
        url=door,
        secret_url=f"{door}/{secret_path(secret.now)}" if unsigned else None,
        steps=_steps(row, spec, door),
        ids=held.ids,
        places=() if held.lacking else held.places,
        expires_at=held.expires_at,
        error=held.error,
        delivered_at=row.delivered_at,
        refused=row.refused_deliveries,
        counted=counted,
        old_until=_old(secret, now),
        lacking=held.lacking,
        failed=told_failed(runtime, row),
        unseen=held.recovery.error or _unseen(row),
        by_hand=watched(row).ids if row.registered is None else (),
    )


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _unseen(row: Connection) -> str | None:
    """What cannot be told of webhooks entered by hand, where deliveries come."""
    comes = row.delivered_at is not None or row.refused_deliveries
    return watched(row).unseen or None if comes and row.registered is None else None


def _old(secret: HookSecret, now: datetime) -> datetime | None:
    return secret.until if len(secret.good(now)) > 1 else None


def _steps(row: Connection, spec: Spec, door: str | None) -> tuple[str, ...]:
    if door is None:
        return (f"{NO_ADDRESS}.",)
    if row.registered is not None and row.registered["ids"]:
        return ()
    ours = (
        "Let Worklift set it up: the button on the page of the connection, or"
        f" worklift hooks {row.name} --register."
    )
    by_hand = f"Or by hand. {spec.webhook_help}" if spec.webhook_help else ""
    if "registering" not in spec.capabilities:
        return (spec.webhook_help,) if spec.webhook_help else ()
    forgotten = f"The secret was shown once; worklift hooks {row.name} --rotate makes a new one."
    return tuple(each for each in (ours, by_hand, forgotten) if each)
