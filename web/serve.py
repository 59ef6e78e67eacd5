"""Serves the web application: the whole service in one process, or the web process alone."""

import contextlib
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click
from waitress.server import create_server

from connector.errors import Refused
from connector.settings import Settings
from sync import schedule, threads
from sync.queue import ThreadDoorbell
from sync.runtime import Runtime, opened
from web import control, logs
from web.accounts import bootstrap
from web.app import create_app
from web.hooks import LARGEST

THREADS = 8


def embedded(
    settings: Settings, host: str, port: int, *, ready: Callable[[Runtime], None] | None = None
) -> None:
    """Web, drain thread, clock and control socket in this process, until it is told to stop.

    ``ready`` is called once pages are served.
    """
    logs.configure()
    doorbell = ThreadDoorbell()
    with contextlib.ExitStack() as stack:
        runtime = stack.enter_context(opened(settings, doorbell))
        server = _listen(runtime, host, port)
        if settings.is_sqlite:
            stack.enter_context(control.listening(runtime))
        every = min(schedule.EVERY, settings.poll.total_seconds() / 4)
        stack.enter_context(threads.running(runtime, doorbell, every))
        _say_token(runtime, host, port)
        if ready is not None:
            ready(runtime)
        with _until_stopped(server):
            server.run()


def web_only(settings: Settings, host: str, port: int) -> None:
    """Web pages and webhooks; workers and the clock are processes of their own."""
    logs.configure()
    with opened(settings) as runtime:
        server = _listen(runtime, host, port)
        with _until_stopped(server):
            server.run()


def _listen(runtime: Runtime, host: str, port: int) -> Any:
    options = {"threads": THREADS, "ident": None, "max_request_body_size": LARGEST + 1}
    proxy = _behind(runtime.settings.trusted_proxy)
    try:
        return create_server(create_app(runtime), host=host, port=port, **options, **proxy)
    except OSError as error:
        raise Refused(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port"
        ) from None


def _behind(proxy: str | None) -> dict[str, Any]:
    """Who is asking: the peer, or whom the trusted proxy names; nobody else is believed.

    Without a trusted proxy the headers stay, and only tell that a request was forwarded.
    """
    if proxy is None:
        return {"clear_untrusted_proxy_headers": False}
    return {
        "trusted_proxy": proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for"},
        "clear_untrusted_proxy_headers": True,
    }


def _say_token(runtime: Runtime, host: str, port: int) -> None:
    base = runtime.settings.public_url or f"http://{host}:{port}"
    click.echo(f"Worklift is at {base}")
    token = bootstrap.ensure(runtime)
    if token is not None:
        click.echo("Nobody can sign in yet. Make the first admin account within one hour:")
        click.echo(f"  {base}/setup   with the token   {token}")
    sys.stdout.flush()


@contextlib.contextmanager
def _until_stopped(server: Any) -> Iterator[None]:
    """Let SIGTERM end the server as Ctrl-C does: whatever is open is closed in order."""

    def stop(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        click.echo("stopping", err=True)
    finally:
        signal.signal(signal.SIGTERM, previous)
        server.close()
