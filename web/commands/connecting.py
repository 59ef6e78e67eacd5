"""Commands about connections."""

from collections.abc import Mapping
from typing import Any

from sync import connections as connecting
from sync.connections import Connected
from sync.hooks import keeping
from sync.reports import connection_reports
from sync.runtime import Runtime
from web.commands.console import DONE_WITH_ERRORS, OK, Console


def connect(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Store and test a connection."""
    return tell(runtime, connecting.connect(runtime, connecting.Request(**given)), console)


def tell(runtime: Runtime, connected: Connected, console: Console) -> int:
    """Say what a test found and what to do next."""
    for warning in connected.warnings:
        console.err(f"note: {warning}")
    if connected.error is None:
        console.out(f"{connected.name}: connected as {connected.who}")
        for name, value in sorted(connected.options.items()):
            console.out(f"  {name}: {value}")
        for note in connected.notes:
            console.out(f"  {note}")
        _propose(connected, console)
    if connected.hook_secret is not None:
        _say_hook(runtime, connected.name, connected.hook_secret, console)
    if connected.error is not None:
        console.err(f"{connected.name}: saved, but the test failed: {connected.error}")
        return DONE_WITH_ERRORS
    return OK


def _propose(connected: Connected, console: Console) -> None:
    survey = connected.survey
    if survey is None or not survey.proposed:
        return
    name = connected.name
    console.out("proposed field mapping (nothing is changed by it until it is set):")
    for note in survey.notes:
        console.out(f"  {note}")
    console.out(f"  change it and set it: worklift mapping propose {name} > mapping.yaml")
    console.out(f"  worklift mapping set {name} mapping.yaml --reason …")


def _say_hook(runtime: Runtime, name: str, secret: str, console: Console) -> None:
    base = runtime.settings.public_url or "<the URL of this Worklift>"
    console.out("For changes within seconds, add a webhook in the tracker (shown only now):")
    console.out(f"  URL:    {base}/hooks/{name}")
    console.out(f"  secret: {secret}")
    with runtime.store.read() as session:
        tracker = connecting.find(session, name).tracker
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
        if report.token_warning:
            console.out(f"  {report.token_warning}")
    return OK


def disconnect(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Stop reading a connection and forget its token."""
    links, left = keeping.disconnect(runtime, given["name"])
    if left is not None:
        console.err(f"its webhooks are still in the tracker, delete them there: {left}")
    console.out(
        f"{given['name']}: disconnected, its token is forgotten; "
        f"{links} links keep their history and say so"
    )
    return OK
