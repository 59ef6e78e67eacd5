"""The command that says how the connections do, and tests one of them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from connector.freshness import ConnectionReport, SourceReport
from sync import connections as connecting
from sync.reports import connection_reports
from sync.runtime import Runtime
from web import words
from web.commands.connecting import tell
from web.commands.console import OK, Console, out_json

SHOWN = 5
"""Failing sources that are named of one connection."""


def connections(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """List the connections and whether their numbers can be trusted; or test one now."""
    if given.get("test"):
        return tell(runtime, connecting.again(runtime, given["test"]), console, again=True)
    with runtime.store.read() as session:
        reports = connection_reports(session, runtime.clock(), runtime.settings, runtime.trackers)
    if given.get("as_json"):
        out_json(console, {"connections": [each.as_json() for each in reports]})
        return OK
    if not reports:
        console.err("no connection yet; make one with: worklift connect jira NAME --url URL …")
    for report in reports:
        for line in _lines(report, runtime.clock()):
            console.out(line)
    return OK


def _lines(report: ConnectionReport, now: datetime) -> Iterator[str]:
    others = "of the others " if report.word == "partly" else ""
    yield (
        f"{report.name}  {report.label}  {report.url}  {report.word}  "
        f"last look {others}{_at(report.looked_at)}  {words.plural(report.links, 'link')}"
    )
    if report.pause:
        pause = report.pause
        yield f"  paused since {_at(pause.since)} by {pause.by}: {pause.why}"
        yield f"  to read it again: worklift resume {report.name}"
    if report.error:
        begun = "refused" if report.word == "broken" else "failing"
        yield f"  {report.error}"
        yield from (f"  {begun} since {_at(each)}" for each in [report.failing_since] if each)
    else:
        yield from _each(report.failing)
    if report.fix:
        yield f"  {report.fix}"
    if report.rests_until:
        yield (
            f"  nobody answered several times in a row: one source is tried after"
            f" {_at(report.rests_until)}, and the others as soon as it is answered"
        )
    yield from _paused(report, now)
    if report.token_warning:
        yield f"  {report.token_warning}"


def _paused(report: ConnectionReport, now: datetime) -> Iterator[str]:
    pauses = [each.not_before for each in report.sources if each.not_before]
    until = max(pauses, default=None)
    if until is not None and until > now and report.word != "broken":
        yield f"  paused until {_at(until)}, as {report.label} asked"


def _each(failing: tuple[SourceReport, ...]) -> Iterator[str]:
    for source in failing[:SHOWN]:
        since = f" since {_at(source.failing_since)}" if source.failing_since else ""
        yield f"  {source.key or 'whole account'} fails{since}: {source.error}"
    if len(failing) > SHOWN:
        yield f"  and {len(failing) - SHOWN} more sources fail"


def _at(instant: datetime | None) -> str:
    return instant.isoformat(timespec="seconds") if instant else "never"
