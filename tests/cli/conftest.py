"""The command line in this process (fast) and as a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from tests.databases import lay_out
from tests.servers import PATIENCE, free_port, wait_for
from tests.world import EMAIL, key_result, link, plan
from web import cli

ROOT = Path(__file__).parents[2]
WORKLIFT = [sys.executable, "-m", "web.cli"]


@dataclass
class Typed:
    """Types commands on a data folder of its own."""

    home: Path
    jira: Any
    github: Any

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept, "WORKLIFT_HOME": str(self.home), "PYTHONPATH": str(ROOT), "TZ": "UTC",
            "JIRA_TOKEN": "jira-token", "GITHUB_TOKEN": "github-token", "WRONG": "not-the-token",
        }  # fmt: skip

    def __call__(self, *command: str, code: int = 0, **env: str) -> Result:
        """Run in this process and check the exit code."""
        runner = CliRunner()
        done = runner.invoke(cli.main, command, env={**self.environ, **env})
        assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
        assert "Traceback" not in done.stderr
        for token in ("jira-token", "github-token"):
            assert token not in done.stdout + done.stderr
        return done

    def json(self, *command: str, code: int = 0) -> Any:
        """Run with --json: nothing else may come to standard output."""
        return json.loads(self(*command, "--json", code=code).stdout)

    def refused(self, *command: str, **env: str) -> str:
        """Run what is wrong use: the sentence said, on standard error only."""
        done = self(*command, code=2, **env)
        assert done.stdout == ""
        return done.stderr

    def process(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run as a process of its own."""
        return subprocess.run(
            [*WORKLIFT, *command], env={**self.environ, **env}, cwd=ROOT, capture_output=True,
            text=True, timeout=PATIENCE, check=False,
        )  # fmt: skip

    def connect(
        self, name: str = "jira", *more: str, code: int = 0, token: str = "JIRA_TOKEN"
    ) -> Result:
        return self("connect", "jira", name, "--url", self.jira.url, "--email", EMAIL,
                    "--token-env", token, "--allow-private", *more, code=code)  # fmt: skip

    def connect_github(self) -> Result:
        return self("connect", "github", "github", "--url", self.github.url, "--token-env",
                    "GITHUB_TOKEN", "--allow-private")  # fmt: skip

    def plan(self, *key_results: dict[str, Any]) -> str:
        path = self.home.parent / "plan.yaml"
        path.write_text(plan(*key_results), encoding="utf-8")
        return str(path)


@pytest.fixture
def typed(tmp_path: Path, jira: Any, github: Any) -> Typed:
    """With a data folder as an earlier command left it: its tables are made."""
    home = tmp_path / "home"
    home.mkdir(0o700)
    lay_out(home)
    return Typed(home, jira, github)


@pytest.fixture
def ready(typed: Typed) -> Typed:
    """Both trackers connected and read: 1 of 4 done in Jira, nothing in GitHub."""
    for number in range(4):
        typed.jira.site.add_issue("PLAT", f"Item {number}")
    typed.jira.site.transition("PLAT-1", "Done")
    typed.connect()
    typed.connect_github()
    typed("apply", typed.plan(
        key_result("KR-1", link("jira:project:PLAT")),
        key_result("KR-2", link("github:milestone:acme/api/1")),
    ))  # fmt: skip
    typed("sync")
    return typed


@dataclass
class Server:
    """A running ``worklift up``."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            page = requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5)
        except (requests.ConnectionError, requests.Timeout):
            return False
        return page.status_code == 200

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@pytest.fixture
def serve(typed: Typed, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start ``worklift up`` on a free port; stopped at the end."""
    started: list[Server] = []

    def start(**env: str) -> Server:
        port, log = free_port(), tmp_path / f"log{len(started)}"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*WORKLIFT, "up", "--port", str(port)], env={**typed.environ, **env}, cwd=ROOT,
                stdout=out, stderr=out,
            )  # fmt: skip
        server = Server(process, port, log)
        started.append(server)
        wait_for(server.answers, "the server")
        return server

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()
