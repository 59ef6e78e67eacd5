"""``worklift up`` in a process of its own; its calls and the CPU of all its processes."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import requests
import yaml

from benchmarks.living.processes import spent
from connector.settings import read
from connector.store import Store, open_store
from integrations.simulators import Running, start_github
from tests import databases, servers

TOKEN = "benchmark-token"
COMMAND = [sys.executable, "-m", "web.cli"]
PATIENCE = 180.0


@dataclass
class Service:
    """A running service: where it lives, and the GitHub it reads."""

    environ: dict[str, str]
    github: Running[Any]
    port: int
    process: subprocess.Popen[bytes]
    store: Store | None = None
    database: str | None = None
    """Where the socket of its PostgreSQL lies."""

    def run(self, *typed: str) -> str:
        """Type a command beside it."""
        done = subprocess.run([*COMMAND, *typed], env=self.environ, capture_output=True, text=True,
                              check=False)  # fmt: skip
        if done.returncode != 0:
            sys.exit(f"{typed[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def cpu(self) -> float:
        """CPU seconds so far of all its processes, those that ended included."""
        root = psutil.Process(self.process.pid)
        return sum(spent(each) for each in [root, *root.children(recursive=True)])

    def value(self, sql: str) -> Any:
        """One value of its PostgreSQL."""
        self.store = self.store or open_store(read(self.environ).database_url)
        with self.store.engine.connect() as connection:
            return connection.exec_driver_sql(sql).scalar()


def until(condition: Callable[[], Any], patience: float = PATIENCE) -> float:
    """Seconds that it takes until the condition holds."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() > began + patience:
            sys.exit(f"waited {patience:.0f} s in vain")
        time.sleep(0.05)
    return time.monotonic() - began


@contextmanager
def service(*, scaled: bool, repositories: int, links: int) -> Iterator[Service]:
    """One that has read everything once: so many links on so many repositories."""
    with ExitStack() as stack:
        folder: str | None = None
        home = stack.enter_context(tempfile.TemporaryDirectory())
        environ = {**os.environ, "WORKLIFT_HOME": home, "GITHUB_TOKEN": TOKEN}
        if scaled:
            folder = stack.enter_context(servers.postgresql(durable=True))
            environ["DATABASE_URL"] = databases.empty(folder)
            environ["REDIS_URL"] = stack.enter_context(servers.redis())
        github = stack.enter_context(start_github(token=TOKEN))
        _furnish(github.site, repositories, links)
        port, log = servers.free_port(), stack.enter_context(Path(home, "log").open("wb"))
        process = subprocess.Popen([*COMMAND, "up", "--port", str(port)], env=environ, stdout=log,
                                   stderr=log)  # fmt: skip
        stack.callback(_end, process)
        made = Service(environ, github, port, process, database=folder)
        until(lambda: _answers(port))
        _connect(made, Path(home, "plan.yaml"), repositories, links)
        yield made
        if made.store is not None:
            made.store.close()


def _furnish(site: Any, repositories: int, links: int) -> None:
    per = links // repositories
    with site.quiet():
        for number in range(repositories):
            site.add_repo(f"acme/r{number}")
            for label in range(per):
                for _ in range(5):
                    site.add_issue(f"acme/r{number}", "An issue", labels=[f"l{label}"])


def _connect(made: Service, plan: Path, repositories: int, links: int) -> None:
    said = made.run("connect", "github", "github", "--url", made.github.url, "--token-env",
                    "GITHUB_TOKEN", "--allow-private")  # fmt: skip
    secret = next(line.split()[-1] for line in said.splitlines() if "secret:" in line)
    made.github.site.add_hook(f"http://127.0.0.1:{made.port}/hooks/github", secret)
    plan.write_text(_plan(repositories, links // repositories))
    made.run("apply", str(plan))
    until(lambda: "not read yet" not in made.run("score"))


def _plan(repositories: int, per: int) -> str:
    key_results = [
        {"key": f"K{repo}-{label}", "title": "K", "target": 100, "unit": "%",
         "links": [{"scope": f"github:label:acme/r{repo}/l{label}"}]}
        for repo in range(repositories) for label in range(per)
    ]  # fmt: skip
    today = datetime.now(UTC).date()
    whole = {
        "worklift": 1,
        "cycles": [{"key": "c", "start": today - timedelta(30), "end": today + timedelta(60)}],
        "teams": [{"key": "t", "name": "T", "kind": "company"}],
        "objectives": [{"key": "O", "cycle": "c", "team": "t", "title": "T",
                        "key_results": key_results}],
    }  # fmt: skip
    return yaml.safe_dump(whole)


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
    except (requests.ConnectionError, requests.Timeout):
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(70)
    except subprocess.TimeoutExpired:
        process.kill()
