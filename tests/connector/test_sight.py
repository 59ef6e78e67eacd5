"""Who sees the work items of a connection that not everybody sees."""

import pytest

from connector.sight import NOBODY, Bound, Circle, Onlooker, above, below, circle, sees

COMPANY, INFRA, PLATFORM, STORAGE, WEB = range(1, 6)
TREE = {COMPANY: None, INFRA: COMPANY, PLATFORM: INFRA, STORAGE: INFRA, WEB: COMPANY}
OWNER, OTHER = 11, 12
BOUND = Bound(Circle(), teams=frozenset({PLATFORM}), owners=frozenset({OWNER}))


def who(
    role: str = "member", person: int | None = OTHER, *, of: int = 0, leads: int = 0
) -> Onlooker:
    member_of, led = frozenset({of} - {0}), frozenset({leads} - {0})
    return Onlooker(role=role, person=person, member_of=member_of, leads=led)


@pytest.mark.parametrize(
    ("somebody", "expected"),
    [
        (who("admin", None), True),
        (who(of=PLATFORM), True),
        (who(leads=PLATFORM), True),
        (who(leads=INFRA), True),
        (who("lead", leads=COMPANY), True),
        (who(person=OWNER), True),
        (who(of=INFRA), False),
        (who(of=STORAGE), False),
        (who("lead", leads=WEB), False),
        (who("lead", None), False),
        (who("viewer", OWNER, of=PLATFORM, leads=COMPANY), False),
        (NOBODY, False),
    ],
)
def test_those_who_are_bound_to_it_see_it(somebody: Onlooker, expected: bool) -> None:  # noqa: FBT001
    assert sees(somebody, BOUND, TREE) is expected


@pytest.mark.parametrize(
    ("somebody", "expected"),
    [
        (who(of=STORAGE), True),
        (who(leads=STORAGE), True),
        (who(leads=COMPANY), True),
        (who(of=COMPANY), False),
        (who(of=WEB), False),
        (who("viewer", None), True),
    ],
)
def test_a_circle_takes_in_teams_with_all_below_and_viewers(
    somebody: Onlooker,
    expected: bool,  # noqa: FBT001
) -> None:
    let = Bound(Circle(frozenset({INFRA}), viewers=True))
    assert sees(somebody, let, TREE) is expected


def test_a_circle_is_kept_as_it_was_said() -> None:
    said = Circle(frozenset({3, 2}), viewers=True)
    assert circle(said.as_json()) == said
    assert circle({}) == Circle()
    assert circle(None) is None


def test_teams_in_a_ring_end() -> None:
    ring = {1: 2, 2: 1}
    assert above([1], ring) == below([1], ring) == {1, 2}
