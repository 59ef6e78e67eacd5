"""Where people come in: guards they lift, values they set, objectives that stand for a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.okr import KeyResult, KeyResultKind
from connector.scoring import guarded, progress, score, shown, value_at


@pytest.mark.parametrize(
    ("p", "held"),
    [
        (1.0, (0.95, True)),
        (1.18, (0.95, True)),
        (0.96, (0.95, True)),
        (0.95, (0.95, False)),
        (0.5, (0.5, False)),
        (-0.2, (-0.2, False)),
        (None, (None, False)),
    ],
)
def test_a_guard_holds_back_what_links_bring(
    p: float | None, held: tuple[float | None, bool]
) -> None:
    assert guarded(p, guard=True, confirmed=False, linked=True) == held


@pytest.mark.parametrize(
    ("guard", "confirmed", "linked"),
    [(False, False, True), (True, True, True), (True, False, False)],
)
def test_nothing_is_held_back_without_guard_once_confirmed_or_typed(
    guard: bool,  # noqa: FBT001
    confirmed: bool,  # noqa: FBT001
    linked: bool,  # noqa: FBT001
) -> None:
    assert guarded(1.18, guard=guard, confirmed=confirmed, linked=linked) == (1.18, False)


@pytest.mark.parametrize(
    ("computed", "override", "seen"),
    [
        (57.0, None, 57.0),
        (57.0, 60.0, 60.0),
        (57.0, 0.0, 0.0),
        (None, 60.0, 60.0),
        (None, None, None),
    ],
)
def test_an_override_stands_before_the_computed_value(
    computed: float | None, override: float | None, seen: float | None
) -> None:
    assert shown(computed, override) == seen


def key_result(kind: KeyResultKind, start: float | None, target: float | None) -> KeyResult:
    return KeyResult(key="KR-1", title="Any", kind=kind, start=start, target=target)


@pytest.mark.parametrize(
    ("kr", "p", "value"),
    [
        (key_result("increase", 20, 100), 0.5, 60.0),
        (key_result("increase", None, 100), 0.25, 25.0),
        (key_result("decrease", 200, 100), 0.5, 150.0),
        (key_result("increase", 20, 100), None, None),
        (key_result("increase", 20, None), 0.5, None),
        (key_result("decrease", None, 100), 0.5, None),
        (key_result("reach", 20, 100), 0.5, None),
        (key_result("at_least", None, 100), 1.0, None),
        (key_result("done", None, None), 1.0, None),
    ],
)
def test_progress_from_supports_stands_for_a_value(
    kr: KeyResult, p: float | None, value: float | None
) -> None:
    assert value_at(kr, p) == value


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 1))
def test_the_ends_are_hit_exactly_and_the_way_back_is_the_same(
    start: float, target: float, p: float
) -> None:
    kr = key_result("increase", start, target)
    assert value_at(kr, 0.0) == start
    assert value_at(kr, 1.0) == target
    if abs(target - start) > 1:
        back = score(progress(kr, value_at(kr, p)))
        assert back == pytest.approx(p, abs=1e-9)
