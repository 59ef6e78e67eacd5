"""Commands that check and repair."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from connector.store.migrate import current
from sync import audit as auditing
from sync import doctor as doctoring
from sync import seen_last
from sync.doctor import Check
from sync.rebuild import rebuild as rebuild_all
from sync.reports.standing import standing
from sync.runtime import Runtime
from web import words
from web.accounts import bootstrap
from web.commands.console import DONE_WITH_ERRORS, OK, Console, out_json
from web.commands.sync_status import NO_SERVER, START, alone


def doctor(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Check the installation."""
    found = [*doctoring.examine(runtime), *_server(runtime)]
    return show(found, console, as_json=given["as_json"])


def _server(runtime: Runtime) -> Iterator[Check]:
    """However good all else is, without a server nothing is read."""
    if not alone(runtime):
        return
    with runtime.store.read() as session:
        sources = standing(session).figures.sources
    now, poll = runtime.clock(), runtime.settings.poll
    waiting = any(
        each.left_alone is None and (each.behind or each.overdue_since(now, poll))
        for each in sources
    )
    yield Check("server", ok=not waiting, message=NO_SERVER, fix=START)


def show(checks: Iterable[Check], console: Console, *, as_json: bool) -> int:
    """Write checks, as text or as the JSON of ``doctor --json``."""
    found = list(checks)
    if as_json:
        out_json(console, {"checks": [asdict(each) for each in found]})
    else:
        for each in found:
            console.out(f"{'ok ' if each.ok else 'BAD'} {each.name}: {each.message}")
            if each.fix:
                console.out(f"      {each.fix}")
    return OK if all(each.ok for each in found) else DONE_WITH_ERRORS


def audit(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Compare mirror, ledger, readings and trackers."""
    found = auditing.audit(runtime)
    if given["as_json"]:
        out_json(console, {"differences": [asdict(each) for each in found]})
        return DONE_WITH_ERRORS if found else OK
    for each in found:
        console.out(f"{each.where}: {each.sentence}")
    aside = seen_last.by_source(runtime)
    for named in aside:
        console.out(f"{named} set aside, not compared")
    if not found:
        compared = " in what was compared" if aside else ""
        console.out(f"no difference{compared} between trackers, mirror, ledger and readings")
    return DONE_WITH_ERRORS if found else OK


def rebuild(runtime: Runtime, _given: Mapping[str, Any], console: Console) -> int:
    """Compute everything right of the mirror anew."""
    links = rebuild_all(runtime)
    console.out(f"{words.plural(links, 'link')} reckoned and every score computed anew")
    return OK


def upgrade(runtime: Runtime, _given: Mapping[str, Any], console: Console) -> int:
    """Say which schema the database has; opening it has upgraded it.

    Where processes run apart, this is the one that runs first: it also makes the set-up token.
    """
    found, _ = current(runtime.store)
    console.out(f"the database has the newest schema, {found}")
    token = bootstrap.ensure(runtime) if runtime.settings.is_scaled else None
    if token is not None:
        page = f"{runtime.settings.public_url or ''}/setup"
        console.out("Nobody can sign in yet. Make the first admin account within one hour:")
        console.out(f"  {page}   with the token   {token}")
    return OK
