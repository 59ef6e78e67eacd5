"""A PostgreSQL that fails at once and comes back, as after a crash of its machine's power."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests import servers
from tests.servers import PATIENCE, wait_for


@dataclass
class Power:
    """The server behind a socket's folder; off and on."""

    folder: Path
    postmaster: psutil.Process
    command: list[str]
    started: subprocess.Popen[bytes] | None = None

    def off(self) -> None:
        """Gone without a word to anybody."""
        self.postmaster.send_signal(signal.SIGQUIT)
        psutil.wait_procs(self.postmaster.children(recursive=True), timeout=PATIENCE)
        wait_for(lambda: not _runs(self.postmaster), "PostgreSQL to end")

    def on(self) -> None:
        """Started again with the same words; returns when it takes connections."""
        user: dict[str, Any] = {"user": "nobody", "extra_groups": []} if os.geteuid() == 0 else {}
        log = self.folder / "again.log"
        log.write_bytes(b"")
        with log.open("wb") as out:
            self.started = subprocess.Popen(self.command, stdout=out, stderr=out, cwd="/", **user)
        self.postmaster = psutil.Process(self.started.pid)
        wait_for(lambda: "ready to accept" in log.read_text(), "PostgreSQL to be back")


def _runs(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@contextmanager
def powered() -> Iterator[Power]:
    """A PostgreSQL of its own, on."""
    with servers.postgresql(durable=True) as folder:
        pid = int(Path(folder, "data", "postmaster.pid").read_text().split()[0])
        process = psutil.Process(pid)
        power = Power(Path(folder), process, process.cmdline())
        try:
            yield power
        finally:
            if power.started is not None:
                power.started.terminate()
                power.started.wait(PATIENCE)
