"""Who may see the work items of a connection: everybody, or only those it is bound to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

Tree = Mapping[int, int | None]
"""Every team by its id, with the one above it."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Whom an admin lets see a connection beside those who are bound to it.

    ``teams`` see it with all teams below them; ``viewers`` are the people who only look.
    """

    teams: frozenset[int] = frozenset()
    viewers: bool = False

    def as_json(self) -> dict[str, Any]:
        """The circle as a row keeps it."""
        return {"teams": sorted(self.teams), "viewers": self.viewers}


@dataclass(frozen=True, slots=True)
class Bound:
    """A connection that not everybody sees: ``teams`` have links to it, ``owners`` own what they
    count for."""

    circle: Circle
    teams: frozenset[int] = frozenset()
    owners: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Onlooker:
    """Who looks: the role they sign in with, and where the person they are belongs and leads."""

    role: str
    person: int | None = None
    member_of: frozenset[int] = frozenset()
    leads: frozenset[int] = frozenset()


NOBODY = Onlooker(role="")


def circle(kept: Mapping[str, Any] | None) -> Circle | None:
    """The circle that a row keeps; None where everybody sees the connection."""
    if kept is None:
        return None
    return Circle(frozenset(kept.get("teams", ())), bool(kept.get("viewers")))


def sees(who: Onlooker, what: Bound, tree: Tree) -> bool:
    """Whether somebody may see the titles, keys and addresses of a connection's items.

    Admins do, viewers where they are let; anybody else by the person they are: in or leading a
    team that is bound to it or let see it, leading one above such a team, or owning what it feeds.
    """
    if who.role == "admin":
        return True
    if who.role == "viewer":
        return what.circle.viewers
    if who.person is None:
        return False
    inside = what.teams | below(what.circle.teams, tree)
    over = inside | above(inside, tree)
    return who.person in what.owners or bool(who.member_of & inside) or bool(who.leads & over)


def above(teams: Collection[int], tree: Tree) -> frozenset[int]:
    """These teams and all above them."""
    found: set[int] = set()
    for team in teams:
        at: int | None = team
        while at is not None and at not in found:
            found.add(at)
            at = tree.get(at)
    return frozenset(found)


def below(teams: Collection[int], tree: Tree) -> frozenset[int]:
    """These teams and all below them."""
    wanted = set(teams)
    return frozenset(team for team in tree if wanted and above([team], tree) & wanted)
