"""Serves the web application: the whole service in one process, or the web process alone."""

import contextlib
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click

from connector.errors import Refused
from connector.settings import Settings
from sync import rations, redis_check, threads
from sync.queue import ThreadDoorbell
from sync.runtime import Runtime, opened
from sync.ticking import period, ticking
from web import channel, control, logs
from web.accounts import bootstrap
from web.app import create_app
from web.door import LARGEST

THREADS = 24
"""Most of them wait for a commit that they share."""
OPTIONS = {
    "threads": THREADS,
    "ident": None,
    "max_request_body_size": LARGEST + 1,
    "connection_limit": 500,
    "asyncore_use_poll": True,  # select() takes no more than some thousand of them
    "channel_timeout": 60,  # seconds without a byte, so that slow bodies hold nothing for long
}


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
        stack.enter_context(threads.running(runtime, doorbell, period(runtime)))
        _say_token(runtime, host, port)
        if ready is not None:
            ready(runtime)
        with _until_stopped(server):
            server.run()


def web_only(settings: Settings, host: str, port: int) -> None:
    """Web pages and webhooks, and the sweep; workers are processes of their own."""
    logs.configure()
    if settings.redis_url:
        redis_check.ensure(settings.redis_url)
    rations.share(settings)
    with opened(settings) as runtime:
        server = _listen(runtime, host, port)
        with ticking(runtime, period(runtime)), _until_stopped(server):
            server.run()


def share_fairly() -> None:
    """Have threads take turns more often: one that waits for a database answer waits for its turn
    after each, and what it commits is what most others wait for."""
    sys.setswitchinterval(0.001)


def _listen(runtime: Runtime, host: str, port: int) -> Any:
    share_fairly()
    proxy = _behind(runtime.settings.trusted_proxy)
    # That some wait is nothing to tell: a line for each would be most of the log of a flood.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        return channel.listening(create_app(runtime), host=host, port=port, **OPTIONS, **proxy)
    except OSError as error:
        raise Refused(
            f"cannot listen on {host}:{port}: {error.strerror}; "
            "choose another with --host or --port"
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
