"""The control socket: a running embedded server carries out commands typed beside it.

One request a connection, one JSON value a line: ``{"command", "given"}`` in, then ``{"out"}``,
``{"err"}``, ``{"progress"}`` and at the end ``{"exit"}`` out. Only the same user can connect.
"""

import contextlib
import json
import os
import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import structlog

from connector.errors import Refused, WorkliftError
from sync.runtime import Runtime
from web.commands import Command, find
from web.commands.console import DONE_WITH_ERRORS, WRONG, Console

log = structlog.get_logger()
LARGEST = 32 * 1024 * 1024


def carry_out(runtime: Runtime, command: str, given: Mapping[str, Any], console: Console) -> int:
    """Run one command; expected errors become sentences and exit codes."""
    try:
        return _known(command)(runtime, given, console)
    except Refused as refused:
        for problem in refused.problems:
            console.err(problem)
        return WRONG
    except WorkliftError as error:
        console.err(str(error))
        return DONE_WITH_ERRORS


def _known(command: str) -> Command:
    found = find(command)
    if found is None:
        raise Refused(f"there is no command {command!r}; stop and start the server again")
    return found


@contextlib.contextmanager
def listening(runtime: Runtime) -> Iterator[None]:
    """Carry out commands from the data folder's socket until the block ends."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    path = runtime.settings.home / "control"
    path.unlink(missing_ok=True)
    with _short(path) as short:
        server.bind(short)
    path.chmod(0o600)
    server.listen(8)
    thread = threading.Thread(target=_serve, args=(server, runtime), name="control", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        path.unlink(missing_ok=True)


def ask(home: Path, command: str, given: Mapping[str, Any], console: Console) -> int:
    """Have the running server carry out a command; raises ``Refused`` when none answers."""
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with client, _short(home / "control") as short:
        try:
            client.connect(short)
        except OSError:
            raise Refused(
                f"{home} is in use by another Worklift process that does not answer; "
                "wait until it has started or ended, and try again"
            ) from None
        client.sendall(json.dumps({"command": command, "given": given}).encode() + b"\n")
        with client.makefile("r", encoding="utf-8") as answers:
            for line in answers:
                answer = json.loads(line)
                if "exit" in answer:
                    return int(answer["exit"])
                for kind, text in answer.items():
                    getattr(console, kind)(text)
    raise Refused("the running server ended before the command was done; try again")


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """A socket's address may hold some 100 bytes only; a long folder is named by its handle."""
    if len(os.fsencode(path)) < 100:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class _Remote:
    """The console at the other end."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def out(self, text: str) -> None:
        self.send("out", text)

    def err(self, text: str) -> None:
        self.send("err", text)

    def progress(self, text: str) -> None:
        self.send("progress", text)

    def send(self, kind: str, value: str | int) -> None:
        # Somebody who left does not stop the command he gave.
        with contextlib.suppress(OSError):
            self._connection.sendall(json.dumps({kind: value}).encode() + b"\n")


def _serve(server: socket.socket, runtime: Runtime) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        thread = threading.Thread(target=_answer, args=(connection, runtime), daemon=True)
        thread.start()


def _answer(connection: socket.socket, runtime: Runtime) -> None:
    remote = _Remote(connection)
    with connection, connection.makefile("rb") as lines:
        if not _is_same_user(connection):
            return
        try:
            request = json.loads(lines.readline(LARGEST))
            command, given = str(request["command"]), dict(request["given"])
        except (ValueError, TypeError, LookupError, RecursionError, OSError):
            return  # not one of our own commands
        code = DONE_WITH_ERRORS
        try:
            code = carry_out(runtime, command, given, remote)
        except Exception:  # the thread's edge: a bug ends this command, not the server
            remote.err("Worklift itself failed with this command; its log has the details")
            log.exception("command.crashed", command=command)
        finally:
            remote.send("exit", code)


def _is_same_user(connection: socket.socket) -> bool:
    if not hasattr(socket, "SO_PEERCRED"):
        return True  # the socket's own rights are what protects it there
    credentials = connection.getsockopt(
        socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
    )
    _, uid, _ = struct.unpack("3i", credentials)
    return bool(uid == os.getuid())
