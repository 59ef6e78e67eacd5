"""Child processes that are started again when they end, and end with their parent."""

import contextlib
import ctypes
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, cast

from honcho.printer import Message, Printer

FIRST_GAP, LONGEST_GAP = 1.0, 30.0
REFUSED = 2
"""How a command ends that will not work before somebody changes something."""
STEADY = 60.0
"""One that ran so long before it ended was no false start: the gaps begin anew."""
PATIENCE = 60.0
"""Seconds that children are given to finish what they are at."""
STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_PR_SET_PDEATHSIG = 1
_COLOURS = ("36", "33", "32", "35", "34", "31")


@dataclass(slots=True)
class _Child:
    """One line of the Procfile: running, or to be started at ``again_at``."""

    name: str
    command: str
    colour: str
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    again_at: float = 0.0
    gap: float = FIRST_GAP
    tried: bool = False
    rest: bytes = b""


@dataclass(slots=True)
class Children:
    """Some commands run beside each other in the foreground, what they say told by name."""

    environ: Mapping[str, str]
    first_gap: float = FIRST_GAP
    _all: list[_Child] = field(default_factory=list)
    _said: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _printer: Printer = field(default_factory=lambda: Printer(sys.stdout))
    _stopping: bool = False
    _code: int = 0

    def add(self, name: str, command: str) -> None:
        """One more to be run."""
        colour = _COLOURS[len(self._all) % len(_COLOURS)]
        self._all.append(_Child(name, command, colour, gap=self.first_gap))
        self._printer.width = max(self._printer.width, len(name))

    def run(self) -> int:
        """Keep all running until a signal asks to stop, then end them in order.

        What is refused at its first start, such as a port that is taken, ends all with that code.
        """
        with self._woken():
            try:
                while not self._stopping:
                    self._start_due()
                    self._listen(self._pause())
                    self._look()
            finally:
                self._end()
        return self._code

    @contextlib.contextmanager
    def _woken(self) -> Iterator[None]:
        """Signals wake the loop: those that ask to stop, and those of children that ended."""
        reader, writer = socket.socketpair()
        reader.setblocking(False)
        writer.setblocking(False)
        self._said.register(reader, selectors.EVENT_READ, None)
        asleep = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        before = {each: signal.signal(each, self._stop) for each in STOPS}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        try:
            yield
        finally:
            signal.set_wakeup_fd(asleep)
            for each, handler in before.items():
                signal.signal(each, handler)
            self._said.close()
            reader.close()
            writer.close()

    def _stop(self, _number: int, _frame: Any) -> None:
        self._stopping = True

    def _start_due(self) -> None:
        for child in self._all:
            if child.process is None and time.monotonic() >= child.again_at:
                self._start(child)

    def _start(self, child: _Child) -> None:
        child.process = subprocess.Popen(  # noqa: S602 - the Procfile's lines are shell commands
            f"exec {child.command}",
            shell=True,
            env=dict(self.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has no other threads
        )
        child.started_at = time.monotonic()
        output = cast("IO[bytes]", child.process.stdout)
        os.set_blocking(output.fileno(), False)
        self._said.register(output, selectors.EVENT_READ, child)
        self._tell(child, f"started (pid {child.process.pid})")

    def _pause(self) -> float | None:
        """Seconds until the next child is to be started; None while all run."""
        waiting = [each.again_at for each in self._all if each.process is None]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else None

    def _listen(self, timeout: float | None) -> None:
        """Pass on what children say, for at most so long without a word."""
        for key, _ in self._said.select(timeout):
            chunk = os.read(key.fd, 1 << 16)
            if key.data is not None and not self._pass_on(key.data, chunk):
                self._said.unregister(key.fileobj)

    def _pass_on(self, child: _Child, chunk: bytes) -> bool:
        """Whole lines, the rest when it is complete; returns whether there may be more."""
        lines, found, child.rest = (child.rest + chunk).rpartition(b"\n")
        if found:
            self._tell(child, lines)
        return bool(chunk)

    def _look(self) -> None:
        """Plan another start of each child that ended."""
        for child in self._all:
            if child.process is not None and child.process.poll() is not None:
                self._ended(child, child.process.returncode)

    def _ended(self, child: _Child, code: int) -> None:
        self._close(child)
        if code == REFUSED and not child.tried:
            self._stopping, self._code = True, code
            return
        now, child.tried = time.monotonic(), True
        if now - child.started_at > STEADY:
            child.gap = self.first_gap
        child.again_at = now + child.gap
        self._tell(child, f"ended (rc={code}); it is started again in {child.gap:g} s")
        child.gap = min(LONGEST_GAP, child.gap * 2)

    def _close(self, child: _Child) -> None:
        """Pass on its last words; what it started goes with it."""
        process, child.process = child.process, None
        if process is None or process.stdout is None:
            return
        _signal(process, signal.SIGKILL)
        with contextlib.suppress(KeyError):
            self._said.unregister(process.stdout)
            self._pass_on(child, (process.stdout.read() or b"") + b"\n")
        process.stdout.close()

    def _end(self) -> None:
        """Ask all to end, wait for what they are at, then insist."""
        running = [each for each in self._all if each.process is not None]
        for child in running:
            _signal(cast("subprocess.Popen[bytes]", child.process), signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        while any(each.process.poll() is None for each in running if each.process):
            if time.monotonic() > until:
                break
            self._listen(max(0.0, min(1.0, until - time.monotonic())))
        for child in running:
            self._close(child)

    def _tell(self, child: _Child, said: bytes | str) -> None:
        now = datetime.now()  # noqa: DTZ005 - the printer shows the time of day here
        if said:
            self._printer.write(Message("line", said, now, child.name, child.colour))


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    """To the child and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _end_with_parent() -> None:
    """In the child, before its command begins: have the kernel end it when its parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
