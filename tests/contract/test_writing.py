"""Notes put twice are one note; webhooks set up by us come, are renewed and go."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connector.errors import AccessDenied, Declined, Gone
from connector.work import Ref
from integrations import catalogue
from integrations.tracker import Note, secret_path

MARKER = "worklift-kr-1"
BODIES = {
    "remote_link": {"title": "Key result KR-1: 62 %, on track", "summary": "Move to the queue",
                    "url": "https://okr.example.com/kr/1", "resolved": False,
                    "icon": "https://okr.example.com/icon.png"},
    "comment": {"text": f"Key result KR-1: 62 %, on track ({MARKER})"},
    "property": {"keyResults": [{"key": "KR-1", "percent": 62}]},
    "block": {"text": "Serves KR-1: 62 %, on track"},
}  # fmt: skip
CHANGED = {
    "remote_link": {"title": "Key result KR-1: 70 %, on track"},
    "comment": {"text": f"Key result KR-1: 70 %, on track ({MARKER})"},
    "property": {"keyResults": [{"key": "KR-1", "percent": 70}]},
    "block": {"text": "Serves KR-1: 70 %, on track"},
}
DOOR = "http://127.0.0.1:9/hooks/1"


@pytest.fixture(params=sorted(BODIES))
def note(request) -> Note:
    return Note(kind=request.param, marker=MARKER, body=BODIES[request.param])


@pytest.fixture
def ref(driver, session, note) -> Ref:
    if note.kind == "block":
        return Ref(None, driver.beside())
    key = driver.add("Written on")
    return Ref(session.fetch(driver.source, [Ref(None, key)]).items[0].external_id, key)


@pytest.mark.needs("writeback")
def test_a_note_put_twice_is_one_note(driver, session, note, ref):
    made = session.writer.put(ref, note, None)
    assert made
    assert session.writer.put(ref, note, made) == made
    assert session.writer.put(ref, note, None) == made
    assert driver.notes(ref.key, note.kind) == 1


@pytest.mark.needs("writeback")
def test_a_changed_note_is_the_same_note(driver, session, note, ref):
    made = session.writer.put(ref, note, None)
    later = replace(note, body={**note.body, **CHANGED[note.kind]})
    assert session.writer.put(ref, later, made) == made
    assert driver.notes(ref.key, note.kind) == 1


@pytest.mark.needs("writeback")
def test_a_note_removed_is_gone_and_may_be_removed_again(driver, session, note, ref):
    made = session.writer.put(ref, note, None)
    session.writer.remove(ref, note, made)
    assert driver.notes(ref.key, note.kind) == 0
    session.writer.remove(ref, note, made)
    session.writer.remove(ref, note, None)


@pytest.mark.needs("writeback")
def test_a_note_whose_id_was_lost_is_found_to_be_removed(driver, session, note, ref):
    session.writer.put(ref, note, None)
    session.writer.remove(ref, note, None)
    assert driver.notes(ref.key, note.kind) == 0


@pytest.mark.needs("writeback")
def test_a_note_somebody_took_away_is_made_again(driver, session, note, ref):
    made = session.writer.put(ref, note, None)
    session.writer.remove(ref, note, made)
    with suppress(Declined):  # where the tracker leaves that to a person, who asks anew
        session.writer.put(ref, note, made)
    assert session.writer.put(ref, note, None)
    assert driver.notes(ref.key, note.kind) == 1


@pytest.mark.needs("writeback")
def test_notes_of_two_key_results_are_two(driver, session, note, ref):
    other = "worklift-kr-2"
    body = {**note.body, **({"text": f"Another ({other})"} if note.kind == "comment" else {})}
    session.writer.put(ref, note, None)
    session.writer.put(ref, replace(note, marker=other, body=body), None)
    assert driver.notes(ref.key, note.kind) == 2
    session.writer.remove(ref, note, None)
    assert driver.notes(ref.key, note.kind) == 1


@pytest.mark.needs("writeback")
def test_a_note_on_what_is_not_there_says_so(driver, session, note, ref):
    driver.delete(ref.key)
    with pytest.raises((Gone, AccessDenied)):
        session.writer.put(ref, note, None)
    session.writer.remove(ref, note, None)


@pytest.fixture
def registrar(session):
    return session.registrar


@pytest.mark.needs("registering")
def test_webhooks_set_up_by_us_are_told_to_our_door(driver, registrar, secret):
    held = registrar.register(DOOR, secret, driver.places)
    assert held.ids
    assert driver.hooks() >= 1
    driver.close(driver.add("Watched"), datetime.now(UTC))
    delivery = driver.site.deliveries[-1]
    headers = dict(driver.site.postman.headers(delivery))
    signed = catalogue.get(driver.key).verify(headers, delivery.body, secret)
    assert signed or delivery.hook.url == f"{DOOR}/{secret_path(secret)}"
    assert signed is not False
    assert delivery.hook.url.startswith(DOOR)
    assert catalogue.get(driver.key).delivery(headers, delivery.body).hints


@pytest.mark.needs("registering")
def test_webhooks_set_up_twice_are_set_up_once(driver, registrar, secret):
    registrar.register(DOOR, secret, driver.places)
    once = driver.hooks()
    registrar.register(DOOR, secret, driver.places)
    assert driver.hooks() == once


@pytest.mark.needs("registering")
def test_webhooks_set_up_are_renewed_and_go(driver, registrar, secret):
    before = driver.hooks()
    held = registrar.register(DOOR, secret, driver.places)
    renewed = registrar.renew(held)
    assert renewed.ids
    assert renewed.expires_at is None or renewed.expires_at.tzinfo is not None
    registrar.remove(renewed)
    assert driver.hooks() == before
    registrar.remove(renewed)


@pytest.mark.needs("registering")
def test_webhooks_of_others_stay(driver, registrar, secret):
    driver.hook()
    held = registrar.register(DOOR, secret, driver.places)
    registrar.remove(held)
    assert driver.hooks() == 1
