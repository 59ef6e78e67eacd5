"""Thousands of key results cost a few questions to the database, not a few each."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from sync.scores import rescore_key_results
from tests.world import World, key_result, link


@contextmanager
def questions(world: World) -> Iterator[list[str]]:
    """Every SELECT sent to the database."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    event.listen(world.runtime.store.engine, "before_cursor_execute", note)
    yield sent
    event.remove(world.runtime.store.engine, "before_cursor_execute", note)


def plans(number: int) -> list[dict[str, object]]:
    first, second = "jira:project:PLAT", "jira:label:PLAT/okr"
    return [key_result(f"KR-{n}", link(first), link(second)) for n in range(number)]


def test_applying_ten_times_as_much_takes_hardly_more_questions(connected: World) -> None:
    with questions(connected) as sent:
        connected.apply(*plans(20))
        few = len(sent)
        connected.apply(*plans(200))
    assert len(sent) - few < few + 20
    assert len(connected.rows("key_result")) == 200
    assert len(connected.rows("link")) == 400
    revised = [(row.kind, row.subject_id) for row in connected.rows("revision")]
    # With the cycle, both teams and the objective.
    assert len(set(revised)) == len(revised) == 4 + 200 + 400
    assert [row.position for row in connected.rows("key_result")] == list(range(200))


def test_changing_many_key_results_takes_few_questions_too(connected: World) -> None:
    connected.apply(*plans(100))
    renamed = [{**each, "title": "Another", "target": 50} for each in plans(100)]
    with questions(connected) as sent:
        connected.apply(*renamed)
    assert len(sent) < 60
    assert {row.title for row in connected.rows("key_result")} == {"Another"}


def test_scores_of_many_key_results_take_few_questions(connected: World, jira) -> None:
    jira.site.add_issue("PLAT", "Item", labels=["okr"])
    connected.apply(*plans(60))
    connected.sync()
    ids = [row.id for row in connected.rows("key_result")]
    with questions(connected) as sent, connected.runtime.store.write() as session:
        rescore_key_results(session, ids, connected.clock())
    assert len(sent) < 10
    assert connected.value("KR-59") == 0
