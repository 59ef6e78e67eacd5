"""``worklift up`` with PostgreSQL and Redis: the Procfile's processes do the same work."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from redis import Redis

from connector.settings import read
from sync import runtime as composition
from sync.queue import SilentDoorbell
from tests.databases import empty
from tests.servers import PATIENCE, free_port, wait_for
from tests.world import EMAIL, Clock, World, key_result, link, plan

WORKLIFT = [sys.executable, "-m", "web.cli"]
ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(300)  # five processes start, on a busy machine one by one


class Service:
    """A running ``worklift up``, and commands typed beside it."""

    def __init__(self, environ: dict[str, str], log: Path) -> None:
        self.environ, self.port, self.log = environ, free_port(), log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [*WORKLIFT, "up", "--port", str(self.port)],
                env=environ, cwd=ROOT, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [*WORKLIFT, *command], env=self.environ, cwd=ROOT, capture_output=True, text=True,
            timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            page = requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5)
        except (requests.ConnectionError, requests.Timeout):
            return False
        return page.status_code == 200

    def started(self, word: str) -> bool:
        return word in self.log.read_text()


@pytest.fixture
def environ(tmp_path: Path, postgresql: str, redis_url: str) -> dict[str, str]:
    Redis.from_url(redis_url).flushall()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept, "WORKLIFT_HOME": str(tmp_path / "home"), "DATABASE_URL": empty(postgresql),
        "REDIS_URL": redis_url, "WORKLIFT_POLL_INTERVAL": "5s", "PYTHONPATH": str(ROOT),
        "JIRA_TOKEN": "jira-token", "GITHUB_TOKEN": "github-token",
    }  # fmt: skip


@pytest.fixture
def service(environ: dict[str, str], tmp_path: Path) -> Iterator[Service]:
    running = Service(environ, tmp_path / "log")
    children: list[psutil.Process] = []
    try:
        wait_for(running.answers, "the web process")
        wait_for(lambda: running.started("Listening on worklift"), "the worker")
        children = psutil.Process(running.process.pid).children(recursive=True)
        yield running
    finally:
        if running.process.poll() is None:
            running.process.send_signal(signal.SIGTERM)
        try:
            running.process.wait(PATIENCE)
        finally:
            for each in psutil.wait_procs(children, timeout=PATIENCE)[1]:
                each.kill()


def connect(service: Service, jira: Any, github: Any, tmp_path: Path) -> None:
    said = service.run("connect", "jira", "jira", "--url", jira.url, "--email", EMAIL,
                       "--token-env", "JIRA_TOKEN", "--allow-private")  # fmt: skip
    secret = next(line.split()[-1] for line in said.splitlines() if "secret:" in line)
    jira.site.add_hook(f"http://127.0.0.1:{service.port}/hooks/jira", secret)
    service.run("connect", "github", "github", "--url", github.url, "--token-env", "GITHUB_TOKEN",
                "--allow-private")  # fmt: skip
    path = tmp_path / "plan.yaml"
    path.write_text(plan(key_result("KR-1", link("jira:project:PLAT")),
                         key_result("KR-2", link("github:milestone:acme/api/1"))))  # fmt: skip
    service.run("apply", str(path))


def command(process: psutil.Process) -> str:
    """Its command line; "" for a worker's child that has just ended."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def test_web_worker_and_clock_keep_the_scores_and_end_together(
    service: Service, jira: Any, github: Any, tmp_path: Path, redis_url: str
) -> None:
    for number in range(4):
        jira.site.add_issue("PLAT", f"Item {number}")
        github.site.add_issue("acme/api", f"Change {number}", milestone=1)
    connect(service, jira, github, tmp_path)
    runtime = composition.build(read(service.environ), doorbell=SilentDoorbell())
    world = World(runtime, Clock(), {"jira": jira, "github": github})
    wait_for(lambda: world.value("KR-1") == world.value("KR-2") == 0, "the first look")

    jira.site.transition("PLAT-1", "Done")
    wait_for(lambda: world.value("KR-1") == 25, "the webhook")
    # The simulator notes the answer a moment after the web process gave it.
    wait_for(lambda: jira.site.deliveries[-1].status == 202, "the answer to the webhook")
    assert "Traceback" not in service.log.read_text()

    # RQ itself stumbles over a job that vanishes under it; no work may be lost by that.
    Redis.from_url(redis_url).flushall()
    github.site.close("acme/api", 1)
    wait_for(lambda: world.value("KR-2") == 25, "the poll of what no webhook told")
    jira.site.transition("PLAT-2", "Done")
    wait_for(lambda: world.value("KR-1") == 50, "the webhook after Redis lost everything")

    runtime.store.close()
    children = psutil.Process(service.process.pid).children(recursive=True)
    commands = " ".join(map(command, children))
    for word in ("rq worker", "rq cron", "worklift web"):
        assert word in commands
    service.process.send_signal(signal.SIGTERM)
    service.process.wait(PATIENCE)
    gone, alive = psutil.wait_procs(children, timeout=PATIENCE)
    assert (len(gone), alive) == (len(children), [])
    assert "jira-token" not in service.log.read_text()


def test_a_database_that_does_not_answer_ends_the_start_with_a_sentence(
    environ: dict[str, str], tmp_path: Path
) -> None:
    away = {**environ, "DATABASE_URL": f"postgresql://me:hidden@127.0.0.1:{free_port()}/x"}
    for typed in ("up", "score"):
        done = subprocess.run([*WORKLIFT, typed], env=away, cwd=ROOT, capture_output=True,
                              text=True, timeout=PATIENCE, check=False)  # fmt: skip
        assert done.returncode in {1, 2}
        assert "Traceback" not in done.stderr
        assert "database" in done.stderr
        assert "hidden" not in done.stdout + done.stderr
