"""The sync page, the command beside it, and the figures for monitoring."""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event, select, update

from connector.store.tables import (
    Connection,
    Delivery,
    DeliveryCount,
    Note,
    Run,
    Source,
    UnreadableItem,
)
from sync import writable
from sync.version import VERSION
from tests.web.world import World
from web import control

TOKEN = "a-token-of-prometheus"
WHY = "status.name is missing"
LOUD = f"PLAT-13: {WHY}"


class Told:
    """A console that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def out(self, text: str) -> None:
        self.lines.append(text)

    err = progress = out


@pytest.fixture
def troubled(filled: World) -> World:
    """A source that fails, waits and differs; an item set aside, a note given up, deliveries."""
    now = filled.clock()
    with filled.runtime.store.write() as session:
        source = session.scalars(select(Source).order_by(Source.id)).first()
        assert source is not None
        mine = update(Source).where(Source.id == source.id)
        audit = {"differences": 1, "named": ["PLAT-7 is not in the mirror"], "here": 4, "note": ""}
        session.execute(mine.values(
            failing_since=now - timedelta(hours=2), error="Jira does not answer", dirty_seq=7,
            done_seq=4, drains=11, calls=42, repaired=3, audited_at=now, audit=audit,
            looked_at=now - timedelta(hours=3),
        ))  # fmt: skip
        session.add(UnreadableItem(
            source_id=source.id, external_id="10013", key="PLAT-13", field="status.name",
            message=LOUD, since=now, attempts=2, version="0.0.1",
        ))  # fmt: skip
        owner = source.connection_id
        session.add(Delivery(connection_id=owner, identifier="d1", event="x",
                             received_at=now - timedelta(minutes=5)))  # fmt: skip
        session.add(DeliveryCount(connection_id=owner, kind="forged", number=9, last_at=now))
        session.add(Note(connection_id=owner, kind="comment", subject="s", wanted_hash="h",
                         error="the issue is locked", due_at=None))  # fmt: skip
        session.add(Run(source_id=source.id, started_at=now, seconds=1.5, calls=3, items_read=5,
                        items_changed=2, items_gone=0, error=None))  # fmt: skip
    return filled


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(world.runtime.store.engine, "before_cursor_execute", note)
    yield statements
    event.remove(world.runtime.store.engine, "before_cursor_execute", note)


def more_of_everything(world: World) -> None:
    """Many more sources, items set aside and runs."""
    with world.runtime.store.write() as session:
        owner = session.scalars(select(Connection.id).order_by(Connection.id)).first()
        for number in range(30):
            source = Source(connection_id=owner, key=f"more-{number}", need={})
            session.add(source)
            session.flush()
            session.add(UnreadableItem(
                source_id=source.id, external_id=f"x{number}", key=f"X-{number}", field="f",
                message="m", since=world.clock(),
            ))  # fmt: skip


def scrape(world: World, **headers: str) -> Any:
    world.runtime = replace(
        world.runtime, settings=replace(world.runtime.settings, metrics_token=TOKEN)
    )
    return world.app().test_client().get("/metrics", headers=headers)


def figures(world: World) -> dict[tuple[str, ...], float]:
    answer = scrape(world, Authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_page_says_what_needs_somebody(troubled: World) -> None:
    page = troubled.client("admin").get("/sync").text
    for words in ("PLAT-13", "status.name is missing", "PLAT-7 is not in the mirror",
                  "the issue is locked", "1 difference", "given up"):  # fmt: skip
        assert words.casefold() in page.casefold()


def test_only_admins_see_it(troubled: World) -> None:
    for role in ("member", "lead", "viewer"):
        assert troubled.client(role).get("/sync").status_code == 403


def test_it_costs_as_many_statements_however_much_there_is(
    troubled: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writable, "KEPT", 3600.0)
    client = troubled.client("admin")
    client.get("/sync")
    with counted(troubled) as few:
        client.get("/sync")
    more_of_everything(troubled)
    with counted(troubled) as many:
        client.get("/sync")
    assert len(many) == len(few)


def test_the_command_says_the_same_and_that_somebody_is_needed(troubled: World) -> None:
    console = Told()
    code = control.carry_out(troubled.runtime, "status", {"as_json": False}, console)
    assert code == 1
    text = "\n".join(console.lines)
    assert text.count("PLAT-13") == 1
    for words in (WHY, "PLAT-7 is not in the mirror", "the issue is locked", "failing since"):
        assert words in text


def test_the_command_tells_programs(troubled: World) -> None:
    console = Told()
    assert control.carry_out(troubled.runtime, "status", {"as_json": True}, console) == 1
    found = json.loads("".join(console.lines))
    assert found["good"] is False
    assert "PLAT-13" in {each["item"] for each in found["aside"]}
    assert 3 in {each["repaired"] for each in found["figures"]["sources"]}


def test_without_a_token_there_are_no_figures(troubled: World) -> None:
    assert troubled.app().test_client().get("/metrics").status_code == 404


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer wrong", TOKEN, f"Basic {TOKEN}", "Bearer \xe9", f"Bearer {TOKEN}x"],
)
def test_a_wrong_token_is_refused(troubled: World, given: str) -> None:
    answer = scrape(troubled, Authorization=given)
    assert answer.status_code == 401
    assert "worklift_" not in answer.text


def test_figures_are_those_of_the_database(troubled: World) -> None:
    found = figures(troubled)
    with troubled.runtime.store.read() as session:
        source, connection = session.execute(
            select(Source, Connection)
            .join(Connection, Connection.id == Source.connection_id)
            .order_by(Source.id)
        ).first() or (None, None)
    assert source is not None
    assert connection is not None
    named = (connection.name, source.key)
    assert found["worklift_source_look_age_seconds", *named] == 3 * 3600
    assert found["worklift_source_failing_seconds", *named] == 2 * 3600
    assert found["worklift_source_waiting_seconds", *named] == 300
    assert found["worklift_source_behind", *named] == 3
    assert found["worklift_source_repaired_by_poll_total", *named] == 3
    assert found["worklift_source_calls_total", *named] == 42
    assert found["worklift_source_set_aside", *named] == 1
    assert found["worklift_source_audit_differences", *named] == 1
    assert found["worklift_deliveries", connection.name, "forged"] == 9
    assert found["worklift_deliveries", connection.name, "accepted"] >= 1
    assert found["worklift_notes", connection.name, "undeliverable"] == 1


def test_what_never_was_looked_at_is_older_than_any_limit(troubled: World) -> None:
    more_of_everything(troubled)
    found = figures(troubled)
    ages = [value for name, value in found.items() if name[0] == "worklift_source_look_age_seconds"]
    assert ages.count(math.inf) >= 30


def test_figures_name_no_item_and_nobody(troubled: World) -> None:
    text = scrape(troubled, Authorization=f"Bearer {TOKEN}").text
    assert "PLAT-13" not in text
    assert "PLAT-7" not in text


def test_figures_cost_as_many_statements_however_much_there_is(troubled: World) -> None:
    with counted(troubled) as few:
        figures(troubled)
    more_of_everything(troubled)
    with counted(troubled) as many:
        figures(troubled)
    assert len(many) == len(few) <= 10


def test_an_item_is_tried_again_by_a_button(troubled: World) -> None:
    with troubled.runtime.store.write() as session:
        mine = UnreadableItem.key == "PLAT-13"
        session.execute(update(UnreadableItem).where(mine).values(version=VERSION))
        owners = select(Connection.name).join(Source).join(UnreadableItem).where(mine)
        name = session.scalars(owners).one()
    client = troubled.client("admin")
    answer = client.post("/sync/retry", data={"connection": name, "item": "PLAT-13"})
    assert answer.status_code == 303
    assert "1 item will be tried again" in client.get("/sync").text
    with troubled.runtime.store.read() as session:
        assert session.scalars(select(UnreadableItem.version).where(mine)).all() == [""]
    refused = client.post("/sync/retry", data={"connection": name, "item": "NOPE-1"})
    assert refused.status_code == 303
    assert "has not set NOPE-1 aside" in client.get("/sync").text
