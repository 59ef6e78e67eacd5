"""Checks of an installation, each with a sentence and, where something is wrong, the fix."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import or_, select

from connector.errors import Refused, TrackerError
from connector.store.migrate import current
from connector.store.tables import Connection, KeyResult, Link
from sync import tokens
from sync.connections import check, find
from sync.conventions import unfollowed
from sync.hooks.kept import Kept, kept
from sync.hooks.lost import summary, told_failed
from sync.reports import connection_reports
from sync.runtime import Runtime

NAMED = 5
"""How many links a sentence names."""
LATELY = timedelta(days=1)
"""So long a delivery that was given up is a reason to look."""
ENDED = Connection.ended_at.is_not(None)


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``fix`` is empty when all is well."""

    name: str
    ok: bool
    message: str
    fix: str = ""


def examine(runtime: Runtime) -> Iterator[Check]:
    """Every check of a running installation."""
    yield Check("settings", ok=True, message="every setting is understood")
    yield _database(runtime)
    yield _key(runtime)
    if runtime.settings.redis_url:
        yield _redis(runtime.settings.redis_url)
    yield _public_url(runtime)
    yield _links(runtime)
    for report in _reports(runtime):
        yield _connection(runtime, report)
        yield _freshness(runtime, report)
        yield from _token(runtime, report)
        yield from _limits(runtime, report)
        yield from _webhooks(runtime, report)
        yield from _conventions(runtime, report)


def _database(runtime: Runtime) -> Check:
    found, newest = current(runtime.store)
    if found != newest:
        message = f"the schema is at {found}, the newest is {newest}"
        return Check("database", ok=False, message=message, fix="run: worklift db upgrade")
    name = f"SQLite {sqlite3.sqlite_version}" if runtime.store.is_sqlite else "PostgreSQL"
    return Check("database", ok=True, message=f"{name}, schema {found}")


def _key(runtime: Runtime) -> Check:
    with runtime.store.read() as session:
        rows = session.scalars(select(Connection).where(Connection.ended_at.is_(None))).all()
    key_id = bytes.fromhex(runtime.vault.key_id)
    other = [row.name for row in rows if row.token_cipher[: len(key_id)] != key_id]
    if other:
        return Check(
            "key",
            ok=False,
            message=f"the tokens of {', '.join(other)} were encrypted with another key",
            fix="start with the key they were made with, or connect them again",
        )
    return Check("key", ok=True, message="every stored token opens with the key in use")


def _redis(url: str) -> Check:
    try:
        policy = Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2).config_get(
            "maxmemory-policy"
        )
    except RedisError as error:
        message = f"Redis does not answer ({type(error).__name__})"
        return Check("redis", ok=False, message=message, fix="start Redis, or correct REDIS_URL")
    found = policy.get("maxmemory-policy") if isinstance(policy, dict) else None
    if found != "noeviction":
        return Check(
            "redis",
            ok=False,
            message=f"Redis may throw jobs away (maxmemory-policy {found})",
            fix="set maxmemory-policy noeviction",
        )
    return Check("redis", ok=True, message="Redis answers and evicts nothing")


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
    found = _unread(runtime)
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


def _why(link: Link, connection: Connection | None) -> str:
    if connection is None or connection.ended_at is not None:
        return f"no connection to {link.tracker}"
    return link.broken or ""


def _reports(runtime: Runtime) -> list[str]:
    with runtime.store.read() as session:
        query = select(Connection.name).where(Connection.ended_at.is_(None))
        return list(session.scalars(query.order_by(Connection.name)))


def _connection(runtime: Runtime, name: str) -> Check:
    try:
        who = check(runtime, name).who
    except (TrackerError, Refused) as error:
        fix = "correct it and run worklift connect again"
        return Check(f"connection {name}", ok=False, message=str(error), fix=fix)
    return Check(f"connection {name}", ok=True, message=f"answers as {who}")


def _token(runtime: Runtime, name: str) -> Iterator[Check]:
    with runtime.store.read() as session:
        row = find(session, name)
    found = tokens.warning(row, runtime.clock())
    if found:
        good = row.token_until is not None and row.token_until > runtime.clock()
        fix = f"make a new token and run worklift connect {row.tracker} {name} again"
        yield Check(f"token {name}", ok=good, message=found, fix=fix)


def _limits(runtime: Runtime, name: str) -> Iterator[Check]:
    """What the tracker's limits left, as it told last; nothing where it told none."""
    with runtime.store.read() as session:
        left = find(session, name).budget or {}
    if left.get("remaining") is None:
        return
    whole = f" of {left['limit']:,.0f}" if left.get("limit") else ""
    until = f", until {left['resets_at'][:16]} UTC" if left.get("resets_at") else ""
    near = bool(left.get("near"))
    yield Check(
        f"limits {name}",
        ok=not near,
        message=f"{left['remaining']:,.0f}{whole} calls left{until}",
        fix="nothing to do: Worklift waits by itself; fewer links cost fewer calls" if near else "",
    )


def _webhooks(runtime: Runtime, name: str) -> Iterator[Check]:
    """Webhooks a person asked us to keep at the tracker; nothing is said where nobody did."""
    with runtime.store.read() as session:
        row = find(session, name)
    held = kept(row)
    if held is None:
        return
    title, again = f"webhooks {name}", f"run: worklift hooks {name} --register"
    if held.error:
        message = (
            f"they could not be set up or renewed, so changes may wait for the poll: {held.error}"
        )
        fix = f"do what the sentence asks, then {again}"
        yield Check(title, ok=False, message=message, fix=fix)
    elif held.expires_at is not None and held.expires_at <= runtime.clock():
        ended = held.expires_at.isoformat(timespec="seconds")
        message = f"they ended {ended} and nobody renewed them, so changes wait for the poll"
        yield Check(
            title, ok=False, message=message, fix=f"see that a clock process runs, or {again}"
        )
    else:
        yield _deliveries(runtime, row, held)


def _deliveries(runtime: Runtime, row: Connection, held: Kept) -> Check:
    """Webhooks that are kept: where they are lacking, and what did not arrive."""
    found = told_failed(runtime, row, held)
    today = runtime.clock() - LATELY
    lost = [
        each
        for each in found
        if each.state == "refused" or (each.state == "given up" and each.at > today)
    ]
    why = held.recovery.error
    unseen = f"Failed deliveries cannot be looked at: {why}" if why else ""
    said = " ".join(filter(None, (*held.lacking, unseen, summary(found))))
    message = f"kept set up by Worklift. {said}" if said else "kept set up by Worklift"
    if not (lost or held.lacking or unseen):
        return Check(f"webhooks {row.name}", ok=True, message=message)
    if lost:
        message += f" The last was {lost[0].event} ({lost[0].why}): {lost[0].outcome}."
    fix = f"see worklift hooks {row.name}, then run: worklift hooks {row.name} --register"
    return Check(f"webhooks {row.name}", ok=False, message=message, fix=fix)


def _conventions(runtime: Runtime, name: str) -> Iterator[Check]:
    """Items that name key results in vain; nothing is said where none does."""
    if found := unfollowed(runtime, name):
        more = f" And {len(found) - NAMED} more." if len(found) > NAMED else ""
        fix = "correct the label or the line in the tracker, or the key result"
        message = f"{' '.join(found[:NAMED])}{more}"
        yield Check(f"conventions {name}", ok=False, message=message, fix=fix)


def _freshness(runtime: Runtime, name: str) -> Check:
    with runtime.store.read() as session:
        reports = connection_reports(session, runtime.clock(), runtime.settings, runtime.trackers)
    report = next(each for each in reports if each.name == name)
    title = f"freshness {name}"
    if not report.sources:
        return Check(title, ok=True, message="no link reads it yet")
    if report.word in {"fresh", "waiting"} and not report.error:
        seen = report.looked_at.isoformat(timespec="seconds") if report.looked_at else "not yet"
        return Check(title, ok=True, message=f"last complete look: {seen}")
    message = report.error or "the last complete look is older than the freshness limit"
    return Check(title, ok=False, message=message, fix=report.fix or "run: worklift sync")
