"""``worklift demo``: a demo company on simulated trackers, in a data folder of its own."""

import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from connector.errors import Refused
from connector.settings import Settings
from integrations.simulators import Running, start_github, start_jira
from integrations.simulators.demo import fill
from sync import connections, planning, reports, said
from sync.hooks import keeping
from sync.runtime import Runtime, from_environment, hold, prepare_home
from sync.said import Word
from web import serve
from web.simulate import GITHUB_TOKEN, JIRA_EMAIL, JIRA_TOKEN

HOST = "127.0.0.1"
POLL = timedelta(seconds=15)
MARK = "this-is-a-demo"
CHECK_INS = (
    ("KR-6", "Platform lead", Word(confidence=7, note="The new queue has held for a week.")),
    ("KR-10", "Payments lead", Word(confidence=3, blockers="The key ceremony has no date yet.")),
    ("KR-4", "Head of product", Word(confidence=6, value=2.8, note="From the weekly report.")),
)
OVERRIDE = (
    "KR-13",
    "Shopping app lead",
    20.0,
    "Paying by wallet is built and waits for the bank; counted by hand until it is merged.",
)


def run(port: int) -> None:
    """Start both trackers and the service; everything begins anew at each start."""
    settings = _settings(from_environment(), port)
    with ExitStack() as stack:
        jira = _start(start_jira, port + 1, email=JIRA_EMAIL, token=JIRA_TOKEN)
        stack.callback(jira.stop)
        github = _start(start_github, port + 2, token=GITHUB_TOKEN)
        stack.callback(github.stop)
        _clean(settings.home)
        serve.embedded(
            settings, HOST, port, ready=lambda runtime: _fill(runtime, port, jira, github)
        )


def _settings(given: Settings, port: int) -> Settings:
    """The person's settings, but never his data: SQLite in a folder beside the real one."""
    home = given.home.with_name(given.home.name + "-demo")
    return replace(
        given,
        home=home,
        database_url=f"sqlite:///{home / 'worklift.db'}",
        redis_url=None,
        key=None,
        public_url=f"http://{HOST}:{port}",
        trusted_proxy=None,
        poll=given.poll if "WORKLIFT_POLL_INTERVAL" in os.environ else POLL,
        demo=True,
    )


def _start(start: Callable[..., Running[Any]], port: int, **options: Any) -> Running[Any]:
    try:
        return start(port=port, **options)
    except OSError:
        # The ports beside ours are only nicer to read; any free one does.
        return start(port=0, **options)


def _clean(home: Path) -> None:
    """Begin with an empty folder, and only ever empty one that a demo made."""
    if home.exists() and any(home.iterdir()) and not (home / MARK).exists():
        raise Refused(f"{home} holds something else than a demo; move it away")
    with hold(home):
        for path in home.iterdir():
            if path.name == "lock":
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        (prepare_home(home) / MARK).touch()


def _fill(runtime: Runtime, port: int, jira: Running[Any], github: Running[Any]) -> None:
    today = runtime.clock().astimezone(runtime.settings.zone).date()
    plan = fill(jira.site, github.site, today)
    _connect(runtime, "jira", jira, JIRA_TOKEN, options={"email": JIRA_EMAIL})
    _connect(runtime, "github", github, GITHUB_TOKEN, options={})
    planning.apply(runtime, plan, name="demo plan", author="demo")
    for name in ("jira", "github"):
        if problem := keeping.register(runtime, name):
            raise Refused(f"the simulated {name} took no webhook: {problem}")
    _say(runtime, today)
    click.echo(f"The demo company is there. Sign in with one click: http://{HOST}:{port}")
    click.echo(f"Close issues in the simulated Jira: {jira.url}/_sim and GitHub: {github.url}/_sim")


def _say(runtime: Runtime, today: date) -> None:
    """What people of the company said: confidence in check-ins, and a value over a computed one."""
    with runtime.store.read() as session:
        cycle = reports.pick_cycle(session, None, today).key
    for key, author, word in CHECK_INS:
        said.check_in(runtime, said.Subject(cycle, key, author), word)
    key, author, value, reason = OVERRIDE
    said.override(runtime, said.Subject(cycle, key, author), value, reason=reason, until=None)


def _connect(
    runtime: Runtime,
    tracker: str,
    running: Running[Any],
    token: str,
    *,
    options: dict[str, str],
) -> None:
    connected = connections.connect(
        runtime,
        connections.Request(
            tracker=tracker,
            name=tracker,
            url=running.url,
            token=token,
            options=options,
            allow_private=True,
        ),
    )
    if connected.error is not None:
        raise Refused(f"the simulated {tracker} could not be connected: {connected.error}")
