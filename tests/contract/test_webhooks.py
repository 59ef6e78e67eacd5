"""Every tracker's deliveries are verified and read as hints."""

from datetime import UTC, datetime, timedelta

import pytest

from connector.errors import BadReading, Gone
from integrations import catalogue

DOOR = "http://127.0.0.1:9/hooks/main"


@pytest.fixture
def sent(driver):
    """Headers, body and the item of a delivery about a closed item."""
    key = driver.add("Watched")
    driver.hook()
    driver.close(key, datetime.now(UTC))
    delivery = driver.site.deliveries[-1]
    headers = dict(driver.site.postman.headers(delivery))
    return headers, delivery.body, key


def test_a_signed_delivery_is_verified_and_a_forged_one_is_not(driver, sent, secret):
    headers, body, _ = sent
    tracker = catalogue.get(driver.key)
    assert tracker.verify(headers, body, secret)
    assert tracker.verify({k.upper(): v for k, v in headers.items()}, body, secret)
    assert not tracker.verify(headers, body + b" ", secret)
    assert not tracker.verify(headers, body, "another secret")
    assert not tracker.verify(headers, body, "")
    assert not tracker.verify({}, body, secret)


def test_a_delivery_names_its_item_and_source(driver, session, sent):
    headers, body, key = sent
    tracker = catalogue.get(driver.key)
    delivery = tracker.delivery(headers, body)
    (hint,) = delivery.hints
    assert hint.source == driver.source
    assert hint.ref.key == key
    assert driver.source in delivery.sources
    (item,) = session.fetch(driver.source, [hint.ref]).items
    assert item.key == key
    assert hint.updated_at == item.updated_at


def test_the_identifier_stays_the_same_when_delivered_again(driver, sent):
    headers, body, _ = sent
    tracker = catalogue.get(driver.key)
    first, second = tracker.delivery(headers, body), tracker.delivery(headers, body)
    assert first.identifier == second.identifier != ""
    assert first.identifier in headers.values()


def test_a_deleted_item_is_hinted_without_a_time_so_it_is_read(driver):
    key = driver.add("Unwanted")
    driver.hook()
    driver.delete(key)
    delivery = driver.site.deliveries[-1]
    headers = dict(driver.site.postman.headers(delivery))
    read = catalogue.get(driver.key).delivery(headers, delivery.body)
    assert [(hint.ref.key, hint.updated_at) for hint in read.hints] == [(key, None)]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b"{}", b'{"a":NaN}', b'{"a":1,"a":2}',
     b"[" * 100_000, b'{"issue":' + b'{"a":' * 5000, b'{"n":' + b"9" * 5000 + b"}",
     b'{"webhookEvent":"jira:issue_updated"}', b'{"webhookEvent":1}', b'{"issue":7}',
     b'{"webhookEvent":"jira:issue_updated","issue":{"id":{}}}'],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
def test_what_cannot_be_read_is_a_bad_reading(driver, sent, body):
    headers, _, _ = sent
    with pytest.raises(BadReading):
        catalogue.get(driver.key).delivery(headers, body)


@pytest.mark.needs("redelivery")
def test_a_delivery_that_failed_is_told_and_repeated_when_asked(driver, session, secret):
    since = datetime.now(UTC) - timedelta(minutes=5)
    registrar = session.registrar
    held = registrar.register(DOOR, secret, driver.places)
    driver.running.faults.add("drop_webhooks")
    driver.close(driver.add("Watched"), datetime.now(UTC))
    delivery = next(each for each in driver.site.deliveries if each.dropped)
    (failed,) = [each for each in registrar.redelivery.attempts(held, since)
                 if each.identifier == delivery.identifier]  # fmt: skip
    assert not failed.good
    assert failed.event.partition(".")[0] == delivery.event
    assert failed.why
    registrar.redelivery.repeat(failed.id)
    driver.site.postman.settle()
    again = [each for each in registrar.redelivery.attempts(held, since)
             if each.identifier == failed.identifier]  # fmt: skip
    assert len(again) == 2
    assert list(registrar.redelivery.attempts(held, datetime.now(UTC) + timedelta(days=1))) == []


def test_what_repeats_by_itself_is_not_asked_to(driver, session):
    declared = "redelivery" in catalogue.get(driver.key).spec.capabilities
    registrar = session.registrar
    assert (registrar is not None and registrar.redelivery is not None) == declared


@pytest.mark.needs("redelivery")
def test_webhooks_that_somebody_deleted_have_no_deliveries(driver, session, secret):
    held = session.registrar.register(DOOR, secret, driver.places)
    session.registrar.remove(held)
    with pytest.raises(Gone):
        list(session.registrar.redelivery.attempts(held, datetime.now(UTC)))
