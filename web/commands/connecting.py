"""Commands about connections."""

from collections.abc import Mapping
from typing import Any

from sync import connections as connecting
from sync.reports import connection_reports
from sync.runtime import Runtime
from web.commands.console import DONE_WITH_ERRORS, OK, Console


def connect(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Store and test a connection."""
    connected = connecting.connect(runtime, connecting.Request(**given))
    for warning in connected.warnings:
        console.err(f"note: {warning}")
    if connected.error is None:
        console.out(f"{connected.name}: connected as {connected.who}")
        for name, value in sorted(connected.options.items()):
            console.out(f"  {name}: {value}")
    if connected.hook_secret is not None:
        _say_hook(runtime, connected.name, given["tracker"], connected.hook_secret, console)
    if connected.error is not None:
        console.err(f"{connected.name}: saved, but the test failed: {connected.error}")
        return DONE_WITH_ERRORS
    return OK


def _say_hook(runtime: Runtime, name: str, tracker: str, secret: str, console: Console) -> None:
    base = runtime.settings.public_url or "<the URL of this Worklift>"
    console.out("For changes within seconds, add a webhook in the tracker (shown only now):")
    console.out(f"  URL:    {base}/hooks/{name}")
    console.out(f"  secret: {secret}")
    help_text = runtime.tracker(tracker).spec.webhook_help
    if help_text:
        console.out(f"  where:  {help_text}")


def connections(runtime: Runtime, _given: Mapping[str, Any], console: Console) -> int:
    """List the connections and whether their numbers can be trusted."""
    with runtime.store.read() as session:
        reports = connection_reports(session, runtime.clock(), runtime.settings, runtime.trackers)
    if not reports:
        console.err("no connection yet; make one with: worklift connect jira NAME --url URL …")
    for report in reports:
        seen = report.looked_at.isoformat(timespec="seconds") if report.looked_at else "never"
        console.out(
            f"{report.name}  {report.label}  {report.url}  {report.word}  "
            f"last look {seen}  {report.links} links"
        )
        if report.error:
            console.out(f"  {report.error}")
            console.out(f"  {report.fix or ''}".rstrip())
    return OK


def disconnect(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Stop reading a connection and forget its token."""
    links = connecting.disconnect(runtime, given["name"])
    console.out(
        f"{given['name']}: disconnected, its token is forgotten; "
        f"{links} links keep their history and say so"
    )
    return OK
