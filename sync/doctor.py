"""Checks of an installation, each with a sentence and, where something is wrong, the fix."""

import sqlite3
from collections.abc import Iterator

from sqlalchemy import or_, select

from connector.freshness import ConnectionReport
from connector.store.migrate import current
from connector.store.tables import Connection, KeyResult, Link, Source
from sync import examined, own_key, redis_check, seen_last, writable
from sync.examined import Check
from sync.reports import connection_reports
from sync.runtime import Runtime

__all__ = ["Check", "examine"]
NAMED = 5
"""How many links a sentence names."""
WRITABLE = (
    "make room on its disk, or let its files be written; "
    "nothing that was accepted is lost, and no restart is needed"
)
ENDED = Connection.ended_at.is_not(None)


def examine(runtime: Runtime) -> Iterator[Check]:
    """Every check of a running installation."""
    yield _settings(runtime)
    yield _database(runtime)
    yield _key(runtime)
    if runtime.settings.redis_url:
        yield _redis(runtime.settings.redis_url)
    yield _public_url(runtime)
    yield _links(runtime)
    yield seen_last.check(runtime)
    for report in _reports(runtime):
        yield from examined.connection(runtime, report)


def _settings(runtime: Runtime) -> Check:
    slips = runtime.settings.slips
    if slips:
        message = ", ".join(f"{given} is no setting" for given, _ in slips)
        fix = ", ".join(f"call it {meant}" for _, meant in slips) + ", and start again"
        return Check("settings", ok=False, message=message, fix=fix)
    return Check("settings", ok=True, message="every setting is understood")


def _database(runtime: Runtime) -> Check:
    found, newest = current(runtime.store)
    if found != newest:
        message = f"the schema is at {found}, the newest is {newest}"
        return Check("database", ok=False, message=message, fix="run: worklift db upgrade")
    if trouble := writable.trouble(runtime.store):
        return Check("database", ok=False, message=trouble, fix=WRITABLE)
    name = f"SQLite {sqlite3.sqlite_version}" if runtime.store.is_sqlite else "PostgreSQL"
    return Check("database", ok=True, message=f"{name}, schema {found}")


def _key(runtime: Runtime) -> Check:
    found = own_key.look(runtime)
    if found.useless:
        return Check("key", ok=False, message=own_key.USELESS, fix=own_key.FIX)
    if found.other:
        message = f"the tokens of {', '.join(found.other)} were encrypted with another key"
        return Check("key", ok=False, message=message, fix=own_key.FIX)
    return Check("key", ok=True, message="every stored token opens with the key in use")


def _redis(url: str) -> Check:
    state = redis_check.look(url)
    if state.trouble:
        return Check("redis", ok=False, message=state.trouble, fix=state.fix)
    said = f"Redis answers and evicts nothing; workers: {state.workers}, jobs: {state.waiting}"
    return Check("redis", ok=True, message=said)


def _public_url(runtime: Runtime) -> Check:
    url = runtime.settings.public_url
    if url is None:
        return Check(
            "public url",
            ok=True,
            message="not set: trackers cannot send webhooks, so changes arrive by poll",
            fix="set WORKLIFT_PUBLIC_URL to the address people and trackers use",
        )
    return Check("public url", ok=True, message=url)


def _links(runtime: Runtime) -> Check:
    found, failing = _unread(runtime), _failing(runtime)
    if failing and not found:
        named = ", ".join(failing[:NAMED])
        more = f" and {len(failing) - NAMED} more" if len(failing) > NAMED else ""
        message = f"what these count cannot be read now: {named}{more}"
        return Check("links", ok=False, message=message, fix="see what is said of freshness below")
    if not found:
        return Check("links", ok=True, message="the scope of every link can be read")
    named = "; ".join(found[:NAMED])
    more = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
    fix = (
        "connect the tracker, or correct the scope: Edit links on the key result's page, "
        "worklift unlink and worklift link, or the plan file"
    )
    return Check("links", ok=False, message=f"{named}{more}", fix=fix)


def _unread(runtime: Runtime) -> list[str]:
    """Each link whose scope cannot be read, and why."""
    query = (
        select(KeyResult.key, Link, Connection)
        .join(Link, Link.key_result_id == KeyResult.id)
        .outerjoin(Connection, Connection.id == Link.connection_id)
        .where(Link.ended_at.is_(None))
        .where(or_(Link.broken.is_not(None), Link.connection_id.is_(None), ENDED))
    )
    with runtime.store.read() as session:
        rows = session.execute(query.order_by(KeyResult.key, Link.position)).all()
    return [f"{key} {link.scope}: {_why(link, connection)}" for key, link, connection in rows]


def _failing(runtime: Runtime) -> list[str]:
    """Each link whose scope is right and whose source fails, or that nobody may read now."""
    query = (
        select(KeyResult.key, Link.scope)
        .join(Link, Link.key_result_id == KeyResult.id)
        .join(Connection, Connection.id == Link.connection_id)
        .outerjoin(Source, Source.id == Link.source_id)
        .where(Link.ended_at.is_(None), Connection.ended_at.is_(None))
        .where(or_(Source.error.is_not(None), Connection.broken_at.is_not(None)))
    )
    with runtime.store.read() as session:
        rows = session.execute(query.order_by(KeyResult.key, Link.position)).all()
    return [f"{key} {scope}" for key, scope in rows]


def _why(link: Link, connection: Connection | None) -> str:
    if connection is None or connection.ended_at is not None:
        return f"no connection to {link.tracker}"
    return link.broken or ""


def _reports(runtime: Runtime) -> tuple[ConnectionReport, ...]:
    with runtime.store.read() as session:
        return connection_reports(session, runtime.clock(), runtime.settings, runtime.trackers)
