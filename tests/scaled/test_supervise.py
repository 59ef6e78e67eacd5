"""``worklift up`` starts what ended again, ends all on a signal, and tells children their URLs."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sync import supervise
from tests.servers import PATIENCE, wait_for

ROOT = Path(__file__).parents[2]
RUN = """
import os, sys
from sync.children import Children
children = Children(os.environ, first_gap=0.01)
for number, command in enumerate(sys.argv[1:]):
    children.add(f"child.{number}", command)
sys.exit(children.run())
"""


class Supervised:
    """Commands under supervision in a process of their own."""

    def __init__(self, log: Path, *commands: str) -> None:
        self.log = log
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "FOLDER": str(log.parent)}
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN, *commands], env=environ, cwd=ROOT, stdout=out,
                stderr=out,
            )  # fmt: skip

    def said(self, words: str) -> int:
        return self.log.read_text().count(words)

    def child(self) -> psutil.Process:
        wait_for(lambda: self.said("ready"), "the child")
        (found,) = psutil.Process(self.process.pid).children()
        return found

    def ends(self) -> int:
        return self.process.wait(PATIENCE)


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[list[Supervised]]:
    made: list[Supervised] = []
    yield made
    for each in made:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


def started(made: list[Supervised], tmp_path: Path, *commands: str) -> Supervised:
    made.append(Supervised(tmp_path / "log", *commands))
    return made[-1]


def test_urls_from_files_reach_the_procfile_s_lines(tmp_path: Path, monkeypatch) -> None:
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    given = {"DATABASE_URL": "postgresql://me:pw@db/x", "REDIS_URL": "redis://cache:6379/0"}
    for name, url in given.items():
        (tmp_path / name).write_text(url + "\n", encoding="utf-8")
        environ[f"{name}_FILE"] = str(tmp_path / name)
    seen = tmp_path / "seen"
    line = f'echo "$REDIS_URL $DATABASE_URL [$REDIS_URL_FILE$DATABASE_URL_FILE]" > {seen}; false'
    monkeypatch.setattr(supervise, "processes", lambda: {"release": line})
    assert supervise.run(environ) == 1
    assert seen.read_text() == "redis://cache:6379/0 postgresql://me:pw@db/x []\n"


def test_a_child_that_died_is_started_again_with_growing_gaps(supervised, tmp_path: Path) -> None:
    running = started(
        supervised, tmp_path, "sh -c 'echo born; exit 3'", "sh -c 'echo steady; sleep 600'"
    )
    wait_for(lambda: running.said("born") > 4, "the fifth start")
    for gap in ("0.01", "0.02", "0.04", "0.08"):
        assert running.said(f"ended (rc=3); it is started again in {gap} s") == 1
    assert running.said("steady") == 1
    running.process.send_signal(signal.SIGTERM)
    assert running.ends() == 0


def test_a_child_that_was_killed_is_started_again(supervised, tmp_path: Path) -> None:
    running = started(supervised, tmp_path, "sh -c 'echo ready; exec sleep 600'")
    running.child().kill()
    wait_for(lambda: running.said("ready") == 2, "its second start")


def test_on_a_signal_all_end_after_what_they_are_at(supervised, tmp_path: Path) -> None:
    patient = "trap 'echo done; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
    running = started(supervised, tmp_path, f'sh -c "{patient}"')
    child = running.child()
    running.process.send_signal(signal.SIGINT)
    assert running.ends() == 0
    assert running.said("done") == 1
    assert not child.is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_children_end_with_a_supervisor_that_was_killed(supervised, tmp_path: Path) -> None:
    running = started(supervised, tmp_path, "sh -c 'echo ready; exec sleep 600'")
    child = running.child()
    running.process.kill()
    running.ends()
    psutil.wait_procs([child], timeout=PATIENCE)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_what_is_refused_at_its_first_start_ends_all(supervised, tmp_path: Path) -> None:
    running = started(supervised, tmp_path, "sleep 600", "sh -c 'echo the port is taken; exit 2'")
    assert running.ends() == 2
    assert running.said("the port is taken") == 1
