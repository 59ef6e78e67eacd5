"""Whatever a tracker or the network does, a read ends in the right kind of error."""

from datetime import UTC, datetime, timedelta

import pytest

from connector.errors import AccessDenied, Gone, RateLimited, TrackerError, Unavailable
from integrations import catalogue
from integrations.kit import edge
from integrations.tracker import Account, Look


def read(session, driver):
    return list(session.read(driver.source, driver.need(), None))


@pytest.mark.parametrize(
    ("fault", "how", "kind"),
    [
        ("rate_limited", {"seconds": 90.0}, RateLimited),
        ("rate_limited", {"seconds": 90.0, "status": 403}, RateLimited),
        ("error", {}, Unavailable),
        ("error", {"status": 502}, Unavailable),
        ("error", {"status": 503}, Unavailable),
        ("truncated", {}, Unavailable),
        ("html", {}, Unavailable),
        ("unauthorized", {}, AccessDenied),
        ("unauthorized", {"status": 403}, AccessDenied),
        ("unauthorized", {"status": 404}, Gone),
    ],
)
def test_a_fault_is_raised_by_its_kind_after_one_call(driver, session, fault, how, kind):
    driver.running.faults.add(fault, **how)
    before = len(driver.site.calls)
    with pytest.raises(kind) as caught:
        read(session, driver)
    assert driver.token not in str(caught.value)
    assert len(driver.site.calls) == before + 1


def test_a_pause_lasts_as_long_as_the_tracker_asks(driver, session):
    driver.running.faults.add("rate_limited", seconds=900.0)
    with pytest.raises(RateLimited) as caught:
        read(session, driver)
    left = caught.value.until - datetime.now(UTC)
    assert timedelta(seconds=800) < left <= timedelta(seconds=900)


@pytest.mark.parametrize("fault", ["error", "truncated", "unauthorized", "rate_limited"])
def test_a_fault_in_the_middle_ends_the_read_without_a_look(driver, session, fault):
    for number in range(driver.long):
        driver.add(f"More {number}")
    reading = session.read(driver.source, driver.need(), None)
    seen = [next(reading)]
    driver.running.faults.add(fault)
    with pytest.raises(TrackerError):
        seen.extend(reading)
    assert not any(isinstance(each, Look) for each in seen)
    driver.running.faults.clear()
    assert isinstance(read(session, driver)[-1], Look)


@pytest.mark.parametrize("fault", ["slow", "drip"])
def test_a_slow_tracker_is_given_up_in_time(driver, account, fault, monkeypatch):
    limits = edge.Limits(connect=5.0, read=0.6, total=0.4)
    monkeypatch.setattr(edge, "LIMITS", limits)
    session = catalogue.get(driver.key).open(account)
    driver.running.faults.add(fault, seconds=600.0)
    with pytest.raises(Unavailable):
        read(session, driver)
    session.close()


def test_a_tracker_that_is_down_is_unavailable(driver, session):
    driver.running.stop()
    with pytest.raises(Unavailable):
        read(session, driver)


def test_a_wrong_token_is_denied_with_a_fix(driver):
    wrong = "not-the-token-at-all"
    account = Account(
        name="main", url=driver.running.url, token=wrong, options=driver.options,
        allow_private=True,
    )  # fmt: skip
    session = catalogue.get(driver.key).open(account)
    with pytest.raises(AccessDenied, match="token") as caught:
        session.check()
    assert wrong not in str(caught.value)
    session.close()


def test_a_private_address_is_not_called_unless_allowed(driver):
    https = driver.running.url.replace("http://", "https://").replace("127.0.0.1", "localhost")
    account = Account(name="main", url=https, token=driver.token, options=driver.options)
    session = catalogue.get(driver.key).open(account)
    before = len(driver.site.calls)
    with pytest.raises(AccessDenied, match="not a public address"):
        session.check()
    assert len(driver.site.calls) == before
    session.close()
