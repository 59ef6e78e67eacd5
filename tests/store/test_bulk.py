"""Rows written past the session's objects say the same on every database."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from connector.store import Store
from connector.store.tables import Connection, Item, ItemTag, Source
from connector.work import WorkItem
from sync import bulk
from sync.mirror import store_items

AT = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def source(store: Store) -> int:
    with store.write() as session:
        made = {"token_cipher": b"", "hook_cipher": b"", "created_at": AT, "options": {}}
        session.add(Connection(id=1, uid="1", name="jira", tracker="jira", url="", **made))
        session.flush()
        session.add(Source(id=1, connection_id=1, key="", need={}))
    return 1


def work(number: int, **more: Any) -> WorkItem:
    told: dict[str, Any] = {
        "external_id": str(number), "key": f"PLAT-{number}", "title": "T", "url": "",
        "status": "Open", "category": "todo", "type": "Story", "created_at": AT,
        "updated_at": AT, "state_at": AT,
        "tags": frozenset({"project:PLAT", f"label:{number % 3}"}),
    }  # fmt: skip
    return WorkItem(**{**told, **more})


def stored(store: Store, *items: WorkItem) -> frozenset[int]:
    with store.write() as session:
        return store_items(session, session.get_one(Source, 1), items).changed


def tags(session: Session, key: str) -> set[str]:
    query = select(ItemTag.tag).join(Item, Item.id == ItemTag.item_id).where(Item.key == key)
    return set(session.scalars(query))


def test_items_come_back_as_they_were_told(store: Store, source: int) -> None:
    odd = timezone(timedelta(hours=5, minutes=30))
    told = work(
        1, title="Ünïcode 'quoted' \ud7ff", labels=("a", "b"), numbers={"points": 2.5},
        updated_at=AT.astimezone(odd), pull_request=True, resolution=None, parent_id="7",
        mentions=frozenset({"KR-2", "KR-1"}),
    )  # fmt: skip
    stored(store, told, work(2))
    with store.read() as session:
        row = session.scalars(select(Item).where(Item.key == "PLAT-1")).one()
        assert (row.title, row.labels, row.numbers) == (told.title, ["a", "b"], {"points": 2.5})
        assert (row.updated_at, row.updated_at.tzinfo, row.parent_id) == (AT, UTC, "7")
        assert (row.pull_request, row.unreckoned, row.gone_at) == (True, True, None)
        assert (row.mentions, row.connection_id, row.source_id) == (["KR-1", "KR-2"], 1, source)
        assert tags(session, "PLAT-1") == {"project:PLAT", "label:1"}


def test_tags_of_any_letters_come_back_as_they_were_told(store: Store, source: int) -> None:
    odd = {'label:a"b\\c', "label:é 😀 \u2028", "label:\n\t\x7f'", "label:{[]}", "label:0"}
    stored(store, work(1, tags=frozenset(odd)), work(2, tags=frozenset()), work(3))
    with store.read() as session:
        assert tags(session, "PLAT-1") == odd
        assert tags(session, "PLAT-2") == set()
        assert tags(session, "PLAT-3") == {"project:PLAT", "label:0"}


def test_only_what_is_new_is_told_as_changed(store: Store, source: int) -> None:
    many = [work(number) for number in range(1, 1201)]
    assert len(stored(store, *many)) == 1200
    assert stored(store, *many) == frozenset()
    later = AT + timedelta(hours=1)
    moved = work(7, updated_at=later, tags=frozenset({"project:OPS"}), place="OPS")
    older = work(8, updated_at=AT - timedelta(hours=1), title="Old")
    changed = stored(store, moved, older, *many[8:])
    with store.read() as session:
        rows = {row.key: row for row in session.scalars(select(Item))}
        assert changed == {rows["PLAT-7"].id}
        assert (rows["PLAT-7"].place, rows["PLAT-8"].title) == ("OPS", "T")
        assert tags(session, "PLAT-7") == {"project:OPS"}
        assert tags(session, "PLAT-8") == {"project:PLAT", "label:2"}


def test_a_session_sees_what_was_written_past_it(store: Store, source: int) -> None:
    stored(store, work(1), work(2))
    with store.write() as session:
        one, two = session.scalars(select(Item).order_by(Item.key))
        one.title = "Held back"
        bulk.write(session, Item, added=(), changed=[{"title": "Written", "id": two.id}])
        bulk.mark(session, Item, {one.id}, {"unreckoned": False})
        assert (one.title, one.unreckoned, two.title) == ("Held back", False, "Written")


@pytest.mark.parametrize("wanted", [["1", "3"], [], ["it's", '"', "3"]])
def test_a_list_is_told_as_one_parameter(store: Store, source: int, wanted: list[str]) -> None:
    stored(store, *(work(number) for number in range(1, 5)))
    with store.read() as session:
        named = bulk.among(session, Item.external_id, wanted)
        found = {
            row.external_id for row in bulk.rows(session, select(Item.external_id).where(named))
        }
        assert found == {"1", "3"} & set(wanted)
        ids = session.scalars(select(Item.id)).all()
        assert (
            len(bulk.rows(session, select(Item.id).where(bulk.among(session, Item.id, ids)))) == 4
        )


def test_a_time_without_a_zone_is_refused(store: Store, source: int) -> None:
    with pytest.raises((StatementError, ValueError), match="without a zone"):
        stored(store, work(1, state_at=AT.replace(tzinfo=None)))
