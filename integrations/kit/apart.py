"""Items read one by one: one that cannot be read does not stop the others."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from connector.errors import BadReading, WorkliftError
from integrations.tracker.reading import Unreadable
from integrations.tracker.witness import BROKE, ENDED, Before, Named, Witness

log = structlog.get_logger()
_Raw = TypeVar("_Raw")
_Read = TypeVar("_Read")
_UNSEEN: AbstractContextManager[Before | None] = nullcontext(None)


@dataclass(frozen=True, slots=True)
class Apart(Generic[_Read]):
    """What was read, in its order, and what could not be."""

    read: tuple[_Read, ...]
    unreadable: tuple[Unreadable, ...]


def each_apart(
    raws: Iterable[_Raw],
    read: Callable[[_Raw], _Read],
    named: Callable[[_Raw], Named],
    witness: Witness | None = None,
) -> Apart[_Read]:
    """Read each of them. What has a wrong field is set aside with its name; so is what makes
    ``read`` fail by a fault of ours, which is logged as the crash it is. ``named`` takes anything;
    a ``witness`` is told of each before it is read."""
    found: list[_Read] = []
    aside: list[Unreadable] = []
    with witness.portion() if witness else _UNSEEN as before:
        for raw in raws:
            if before and (told := named(raw)) and (why := before(told)):
                aside.append(Unreadable(told.external_id, told.key, ENDED, why))
                continue
            try:
                found.append(read(raw))
            except BadReading as error:
                aside.append(_aside(named(raw), error))
            except WorkliftError:
                raise
            except Exception as error:
                told = named(raw)
                log.exception("item.crashed", item=told.key or told.external_id)
                aside.append(_aside(told, broken(told, error)))
    return Apart(tuple(found), tuple(aside))


def alone(read: Callable[[], _Read], item: Named) -> _Read:
    """Read one; a fault of ours is logged as the crash it is, and raised as ``BadReading``."""
    try:
        return read()
    except WorkliftError:
        raise
    except Exception as error:
        log.exception("item.crashed", item=item.key or item.external_id)
        raise broken(item, error) from error


def broken(item: Named, error: Exception) -> BadReading:
    """What is said of an item that our own reader failed on."""
    said = f"failed on it ({type(error).__name__}): a fault of Worklift, whose log says more"
    return BadReading(BROKE, said, item.key or item.external_id)


def _aside(told: Named, error: BadReading) -> Unreadable:
    return Unreadable(told.external_id, told.key, error.field, str(error))
