"""What tests take from chance: threads of readers, the machine's clock, pauses, lost sleep."""

import gc
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import datetime, tzinfo
from types import TracebackType
from typing import Any
from unittest import mock

from github import Auth

from integrations import catalogue
from integrations.github import issues
from integrations.kit import abreast, pace
from sync import grants, lease
from sync.inbox.entry import Entry
from sync.inbox.writer import Writer
from sync.writeback import sending
from tests.faults.wire import in_process

_now: list[Callable[[], datetime]] = []


class _Same(type):
    """Every instant is one of these, not only those made here."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


class _Told(datetime, metaclass=_Same):
    """Instants, and a now that tests turn by hand."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return _now[-1]().astimezone(tz)


class _Inline:
    """An executor that does what it is given at once, in the thread that gives it."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.over = False

    def submit(self, work: Callable[..., Any], *given: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        try:
            done.set_result(work(*given))
        except BaseException as error:  # noqa: BLE001 - as an executor keeps it
            done.set_exception(error)
        return done

    def shutdown(self, **_: Any) -> None:
        self.over = True


class _Lazily:
    """Values read when they are asked for, not ahead."""

    def __init__(self, values: Iterable[Any], **_: Any) -> None:
        self._values = values

    def __enter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        return None


def _at_once(self: Writer, entry: Entry) -> None:
    """What comes in is stored by the thread that brought it; two that meet share a transaction."""
    self._waiting.append(entry)
    self._round()


class _Turned:
    """The time of day by our clock, and a time that passes where somebody rests."""

    def __init__(self) -> None:
        self.rested = 0.0

    def time(self) -> float:
        return _now[-1]().timestamp()

    def monotonic(self) -> float:
        return self.rested

    def sleep(self, seconds: float) -> None:
        self.rested += seconds


@contextmanager
def calm() -> Iterator[None]:
    """Until the block ends: one thread, our clock, no rest, and every call over the wire."""
    for name in catalogue.names():
        catalogue.get(name)
    with ExitStack() as stack:
        stack.enter_context(in_process())
        patched = [(abreast, "ThreadPoolExecutor", _Inline), (issues, "Ahead", _Lazily),
                   (lease, "kept", lambda _runtime, _claim: nullcontext()),
                   (sending, "rest", lambda _seconds: None), (Writer, "put", _at_once),
                   (grants, "time", _Turned()), (grants, "LOOK", 2.5),
                   (Auth, "time", _Turned())]  # fmt: skip
        ours = [each for name, each in sys.modules.items() if _is_ours(name)]
        read = [each for each in ours if getattr(each, "datetime", None) is datetime]
        patched += [(module, "datetime", _Told) for module in read]
        for module, name, value in patched:
            stack.enter_context(mock.patch.object(module, name, value))
        if not gc.get_freeze_count():
            gc.freeze()  # what was loaded stays: looking through it again and again takes a while
            stack.callback(gc.unfreeze)
        yield


def _is_ours(name: str) -> bool:
    return name.startswith("integrations.") and not name.startswith("integrations.simulators")


@contextmanager
def by(clock: Callable[[], datetime]) -> Iterator[None]:
    """Trackers' clients read this clock until the block ends."""
    _now.append(clock)
    try:
        yield
    finally:
        _now.remove(clock)


def forget() -> None:
    """Drop what a process remembers of its calls, as its end does."""
    pace._paces.clear()
