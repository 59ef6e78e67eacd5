"""Which items were seen: as a set of their ids would tell it."""

from hypothesis import given
from hypothesis import strategies as st

from sync.ids import Ids

IDS = st.integers(0, 30).map(str) | st.sampled_from(
    ["", "007", "0", "-1", "1.5", "٣", "I_kw", "9" * 18, "9" * 19, "1" * 40]
)


@given(st.lists(st.lists(IDS, max_size=6), max_size=5), st.lists(IDS, max_size=8))
def test_it_is_the_set_of_all_that_was_added(portions: list[list[str]], asked: list[str]) -> None:
    ids, expected = Ids(), set[str]()
    for portion in portions:
        ids.add(portion)
        expected.update(portion)
        assert {each for each in asked if each in ids} == expected & set(asked)
    assert all(each in ids for each in expected)
    assert None not in ids
