"""Scores that follow a few key results are those of the whole cycle, computed anew."""

from datetime import UTC, date, datetime
from random import Random

import pytest
from sqlalchemy import select, update

from connector.store import Store
from connector.store import tables as t
from sync import scores
from sync.standings import Standing
from tests.web.company import Company

NOW = datetime(2026, 2, 2, tzinfo=UTC)


def company(session) -> t.Cycle:
    """Three levels of teams, twelve objectives in a graph of supports, two key results each."""
    made = Company(session, NOW)
    cycle = made.cycle("c", date(2026, 1, 1), date(2026, 3, 31))
    for key, parent in {"all": None, "a": "all", "b": "all", "aa": "a", "ab": "a"}.items():
        made.team(key, key, "team", parent)
    rows = []
    for number in range(12):
        takes = ("both", "children", "key_results")[number % 3]
        team = list(made.teams)[number % 5]
        rows.append(made.objective(cycle, team, f"O{number}", "O", takes=takes))
    for number, row in enumerate(rows):
        for more in range(2):
            source = "supports" if number == 4 and more else "links"
            made.key_result(row, f"K{number}-{more}", "K", value=40.0, progress_from=source)
    for number in range(1, 12):
        target = {"target_kind": "objective", "target_id": rows[number // 2].id}
        session.add(t.Support(objective_id=rows[number].id, weight=float(number), **target))
    over = {"target_kind": "key_result", "target_id": key_result(session, "K4-1")}
    session.add(t.Support(objective_id=rows[11].id, weight=1.0, **over))
    session.flush()
    return cycle


def key_result(session, key: str) -> int:
    return session.scalars(select(t.KeyResult.id).where(t.KeyResult.key == key)).one()


def stored(session, cycle_id: int) -> dict[str, dict[int, Standing]]:
    found: dict[str, dict[int, Standing]] = {"key_result": {}, "objective": {}, "team": {}}
    for row in session.scalars(select(t.Score).where(t.Score.cycle_id == cycle_id)):
        names = Standing.__dataclass_fields__
        found[row.kind][row.subject_id] = Standing(**{name: getattr(row, name) for name in names})
    return found


@pytest.mark.parametrize("seed", range(3))
def test_scores_that_follow_single_changes_are_those_computed_from_scratch(
    store: Store, seed: int
) -> None:
    random = Random(seed)
    with store.write() as session:
        scores.alone(session)
        cycle_id = company(session).id
        ids = list(session.scalars(select(t.KeyResult.id)))
        scores.rescore(session, ids, NOW)
        for _ in range(12):
            some = random.sample(ids, random.choice((1, 1, 3)))
            value = random.choice((None, random.uniform(0, 100)))
            moved = update(t.KeyResult).where(t.KeyResult.id.in_(some))
            session.execute(moved.values(value=value))
            scores.rescore(session, some, NOW)
            assert stored(session, cycle_id) == scores.from_scratch(session, cycle_id)


def test_what_lies_beside_a_change_is_not_written_again(store: Store) -> None:
    with store.write() as session:
        scores.alone(session)
        cycle_id = company(session).id
        scores.rescore(session, list(session.scalars(select(t.KeyResult.id))), NOW)
        session.execute(update(t.Score).values(computed_at=NOW.replace(year=2025)))
        changed = key_result(session, "K8-0")
        session.execute(update(t.KeyResult).where(t.KeyResult.id == changed).values(value=80.0))
        scores.rescore(session, [changed], NOW)
        mine = select(t.Score.kind, t.Score.subject_id).where(t.Score.cycle_id == cycle_id)
        written = session.execute(mine.where(t.Score.computed_at == NOW)).all()
    objectives = {number for kind, number in written if kind == "objective"}
    # The changed one's, and O4, which takes what supports it; O2 above that takes no children.
    assert objectives == {9, 5}
    assert ("key_result", changed) in {tuple(row) for row in written}
    assert len([row for row in written if row[0] == "key_result"]) == 1


def test_numbers_read_before_a_change_are_not_told_after_it(store: Store) -> None:
    with store.write() as session:
        scores.alone(session)
        company(session)
        changed = key_result(session, "K0-0")
        scores.rescore(session, [changed], NOW)
        held = session.scalars(select(t.Score).where(t.Score.subject_id == changed)).first()
        session.execute(update(t.KeyResult).where(t.KeyResult.id == changed).values(value=80.0))
        scores.rescore(session, [changed], NOW)
        found = scores.number_of(session, changed)
        assert held is not None
        assert (found and found.value, held.value) == (80.0, 80.0)
