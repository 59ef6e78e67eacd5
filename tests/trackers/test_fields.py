"""Typed fields and instants: wrong ones are named, right ones are UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import BadReading
from integrations.kit.fields import Fields, instant

MOMENT = datetime(2026, 3, 29, 1, 30, 0, 123000, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-03-29T09:30:00.123+0800", "2026-03-29T01:30:00.123Z", "2026-03-29T01:30:00.123+00:00",
     "2026-03-28T20:00:00.123-0530", "2026-03-28T13:30:00.123-12:00",
     "2026-03-29T15:30:00.123+1400"],
)  # fmt: skip
def test_every_zone_becomes_utc(text):
    assert instant(text) == MOMENT
    assert instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    ["2026-03-29T01:30:00", "2026-03-29", "29.3.2026", "", "2026-13-01T00:00:00Z", 1774747800, None,
     "2026-02-30T00:00:00Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00",
     "2016-12-31T23:59:60Z", "2026-03-29T25:00:00Z", "2026-03-29T01:30:00+99:00",
     "2026-W13-1T00:00:00Z",
     "２０２６-03-29T01:30:00Z", "20260329T013000Z", "2026-03-29T01:30:00Z\n", ["x"], True],
)  # fmt: skip
def test_what_is_no_instant_with_a_zone_is_refused(value):
    with pytest.raises(ValueError, match=r"."):
        instant(value)


@given(st.integers(0, 10**16), st.integers(-14 * 60, 14 * 60))
def test_an_instant_survives_being_written_in_any_zone(microseconds, minutes):
    moment = datetime(1900, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    aware = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert instant(aware.isoformat(timespec="microseconds")) == aware


def test_a_wrong_field_is_named_by_its_whole_path():
    fields = Fields({"a": {"b": [{"c": 1}]}}, item="PLAT-1")
    with pytest.raises(BadReading) as caught:
        fields.within("a").each("b")[0].text("c")
    assert (caught.value.field, caught.value.item) == ("a.b[0].c", "PLAT-1")
    assert str(caught.value) == "PLAT-1: a.b[0].c is not text"


@pytest.mark.parametrize("value", [True, "5", float("nan"), float("inf"), [], {}, None])
def test_a_number_field_holds_a_finite_number_or_nothing(value):
    assert Fields({"n": value}).number("n") is None


@pytest.mark.parametrize(("value", "wanted"), [(5, "5"), ("5", "5")])
def test_an_id_is_digits_either_way(value, wanted):
    assert Fields({"id": value}).identifier("id") == wanted


@pytest.mark.parametrize("value", [True, 1.5, "x", "", "１", -1.0, [], None])
def test_an_id_is_nothing_else(value):
    with pytest.raises(BadReading, match="id"):
        Fields({"id": value}).identifier("id")
