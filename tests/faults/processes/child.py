"""A forked child that does one thing and may be killed at it; the trackers live in the parent."""

import os
import pickle
import signal
import socket
import struct
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NoReturn

import requests
from urllib3 import HTTPResponse

from connector import failpoints
from sync.queue import Job
from tests.faults.fate import PLACES, Fate, Killed, Lost
from tests.faults.wire import Wire, plugged

_LENGTH = struct.Struct("!I")
Answer = Callable[[str, Any], Any]
"""What the parent does about a message: (what about, what was said) → what is answered."""


@dataclass(frozen=True)
class Line:
    """A pipe between the two: whole messages, each with an answer."""

    end: socket.socket

    def say(self, about: str, what: Any) -> None:
        """Send a message."""
        said = pickle.dumps((about, what))
        self.end.sendall(_LENGTH.pack(len(said)) + said)

    def hear(self) -> tuple[str, Any] | None:
        """The next message; None where the other side is gone, perhaps in the middle of one."""
        head = self._exactly(_LENGTH.size)
        said = head and self._exactly(*_LENGTH.unpack(head))
        return pickle.loads(said) if said else None

    def ask(self, about: str, what: Any) -> Any:
        """Send a message and wait for its answer; what went wrong there is raised here."""
        self.say(about, what)
        heard = self.hear()
        if heard is None:
            os._exit(1)  # the parent is gone
        kind, found = heard
        if kind == "raise":
            raise found
        return found

    def _exactly(self, length: int) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            chunk = self.end.recv(length - len(parts))
            if not chunk:
                return b""
            parts += chunk
        return bytes(parts)


class FarBell:
    """Rings at the parent, as Redis is beside our processes."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def ring(self, subject_id: int, job: Job = "drain") -> None:
        """Pass it on."""
        self._line.ask("ring", (subject_id, job))


class FarWire(Wire):
    """Has the parent's trackers answer."""

    line: Line

    def send(self, request: requests.PreparedRequest) -> HTTPResponse:
        """Pass the call on."""
        asked = (request.method, request.url, dict(request.headers), request.body)
        status, headers, body = self.line.ask("call", asked)
        return HTTPResponse(BytesIO(body), headers=headers, status=status, preload_content=False,
                            decode_content=False)  # fmt: skip


def answered(wire: Wire, asked: tuple[str, str, dict[str, str], Any]) -> tuple[int, Any, bytes]:
    """What the parent's wire answers to a child's call."""
    method, url, headers, body = asked
    made = requests.PreparedRequest()
    made.method, made.url, made.body = method, url, body
    made.headers = requests.structures.CaseInsensitiveDict(headers)
    told = wire.send(made)
    return told.status, dict(told.headers), told.read(decode_content=False)


def forked(fate: Fate, work: Callable[[Line], Any], answer: Answer) -> Any:
    """What ``work`` gives in a process of its own; raises ``Killed`` when fate killed it there."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        _live(fate, work, Line(theirs))
    theirs.close()
    try:
        told = _listen(Line(ours), answer)
    finally:
        ours.close()
        _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        fate.struck = told.get("struck", "?")
        raise Killed(fate.struck)
    fate.names, fate.struck = told["names"], told["struck"]
    if "failed" in told:
        raise AssertionError(f"the child failed: {told['failed']}")
    if "lost" in told:
        raise Lost(told["lost"])
    return told["done"]


def _listen(line: Line, answer: Answer) -> dict[str, Any]:
    """Answer a child until it ends; what it said last of itself."""
    told: dict[str, Any] = {}
    while (heard := line.hear()) is not None:
        about, what = heard
        if about in ("ring", "call"):
            try:
                reply = ("answer", answer(about, what))
            except Exception as error:  # noqa: BLE001 - raised again in the child
                reply = ("raise", error)
            line.say(*reply)
        else:
            told[about] = what
    return told


def _live(fate: Fate, work: Callable[[Line], Any], line: Line) -> NoReturn:
    """The child's whole life."""
    try:
        mine = _Deadly(fate, line)
        wire = FarWire.__new__(FarWire)
        wire.line = line
        with plugged(wire), failpoints.acting(mine):
            try:
                line.say("done", work(line))
            except Lost as error:
                line.say("lost", str(error.statement))
        line.say("names", mine.names)
        line.say("struck", mine.struck)
    except BaseException as error:  # noqa: BLE001 - nothing may come back from a child
        line.say("failed", "".join(traceback.format_exception(error)))
        line.say("names", [])
        line.say("struck", "")
    finally:
        os._exit(0)


class _Deadly:
    """Counts places in the child, and ends it for good where the parent's fate says so."""

    def __init__(self, fate: Fate, line: Line) -> None:
        self._at, self._kind, self._line = fate.at, fate.kind, line
        self.names: list[str] = []
        self.struck = ""

    def __call__(self, name: str) -> None:
        self.names.append(name)
        if self._at <= 0 or PLACES[self._kind] not in ("", name):
            return
        self._at -= 1
        if self._at == 0:
            self.struck = name
            if self._kind == "kill":
                self._line.say("struck", name)
                os.kill(os.getpid(), signal.SIGKILL)
            raise Lost(name)
