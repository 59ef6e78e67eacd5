"""Every route that takes an object, walked as each kind of person with every kind of object.

What may not be seen answers as what is not there (404, in the same words), what may be seen and not
edited is refused (403), and what the table does not give to a role is refused before any object is
looked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from connector.store import tables as t
from sync.runtime import Trackers
from tests.web import secret
from tests.web.company import Company
from tests.web.routes import routes
from tests.web.world import PASSWORD, World
from web import access

Values = dict[str, str | int]
NO_OBJECT = frozenset({"accounts.demo"})
"""Routes whose argument names no object."""
OBJECTIVES = frozenset(f"plan.{each}_objective" for each in ("move", "retire", "restore")) | {
    "plan.objective"
}
"""Routes whose key is that of an objective; else it is a key result's, or a work item's."""
EDITS = frozenset(
    (
        *(f"key_result.{each}" for each in ("check_in", "override", "end_override")),
        *(f"plan.{each}_team" for each in ("move", "retire", "restore")),
        *(f"plan.{do}_{what}" for do in ("move", "retire", "restore") for what in
          ("objective", "key_result")),
        *(f"plan.{each}" for each in ("objective", "key_result", "new_objective", "copy",
          "new_key_result", "move_to", "team_people")),
        "links.act",
    )
)  # fmt: skip
"""Routes for who may edit the object; of others each has a page that all who see it may read."""
EDITS_BY_POST = frozenset({"plan.team"})
LED = frozenset({"work.team"})
"""Routes that are not there for who does not lead the team."""
ADDED_UP = frozenset({"coverage.of", "coverage.table"})
"""Routes that add up what all teams plan: of a draft cycle they are for who sees all of it."""
LINKED = frozenset({"coverage.link"})
LEAD_BACK = frozenset({"connections.connected", "connections.left"})
"""Routes that tell something once, and lead back to the list of connections without looking."""
TYPED = {"plan.team_people": {"person": "one"}}
"""What a form must name."""
OWN: Values = {
    "cycle": "2026-Q4",
    "team": "mobile",
    "key": "KR-6",
    "objective": "O-4",
    "name": "jira",
    "tracker": "jira",
    "person": "one",
    "user": 1,
    "version": 1,
}
FOREIGN: Values = {**OWN, "team": "platform", "key": "KR-1", "objective": "O-1"}
DRAFT: Values = {**OWN, "team": "payments", "key": "KR-O-31", "objective": "O-31"}
COMING: Values = {**DRAFT, "cycle": "2027-Q1", "key": "KR-O-33", "objective": "O-33"}
OWN_DRAFT: Values = {**OWN, "key": "KR-41", "objective": "O-41"}
ABSENT: Values = {**dict.fromkeys(OWN, "ABSENT-404"), "user": 404, "version": 404}
ITEMS = {"own": "PLAT-1", "foreign": "APP-1", "draft": "SESAME-1"}
"""Of work items what is not seen is what lies where somebody may not look."""


@dataclass(frozen=True)
class Visit:
    """An address asked for as ``kind`` of object, and the one of what is not there at all."""

    rule: Rule
    method: str
    kind: str
    path: str
    nothing: str

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    @property
    def edits(self) -> bool:
        by_post = self.endpoint in EDITS_BY_POST and self.method == "POST"
        return by_post or self.endpoint in EDITS


@pytest.fixture
def peopled(filled: World) -> World:
    filled.runtime = replace(filled.runtime, trackers=Trackers())
    secret.hide(filled)
    secret.draft(filled)
    with filled.runtime.store.write() as session:
        c = Company(session, filled.clock(), iter(range(90_000, 99_000)))
        c.teams = {row.key: row for row in session.scalars(select(t.Team))}
        now = session.scalars(select(t.Cycle).where(t.Cycle.key == "2026-Q4")).one()
        thought = c.objective(now, "mobile", "O-41", "An idea of our own", state="draft")
        c.key_result(thought, "KR-41", "A number of our own")
        jira = session.scalars(select(t.Connection).where(t.Connection.name == "jira")).one()
        made: dict[str, Any] = {"author": "one", "reason": "first", "recorded_at": c.now}
        session.add(t.MappingVersion(connection_id=jira.id, version=1, body={}, **made))
        c.score()
    return filled


def objects(world: World) -> list[tuple[Rule, str]]:
    """Every route that takes an object, with each method."""
    return [each for each in routes(world.app()) if each[0].arguments - {"role"}]


def visits(world: World) -> Iterator[Visit]:
    """Every such route with every kind of object there is for it."""
    for rule, method in objects(world):
        for kind, values in kinds(rule):
            found, nothing = address(rule, values), address(rule, absent(rule, values))
            yield Visit(rule, method, kind, found, nothing)


def kinds(rule: Rule) -> Iterator[tuple[str, Values]]:
    """The objects that a route may be asked for, by kind."""
    names = rule.arguments
    assert names <= OWN.keys(), f"{rule}: no way to make an object for {names - OWN.keys()}"
    if "tracker" in names and "key" in names:
        yield from ((kind, {**OWN, "key": key}) for kind, key in ITEMS.items())
        return
    yield "own", _of(rule, OWN)
    if {"team", "key", "objective"} & names:
        yield "foreign", _of(rule, FOREIGN)
    if {"key", "objective"} & names:
        yield "draft", _of(rule, DRAFT)
        yield "own draft", _of(rule, OWN_DRAFT)
    if "cycle" in names:
        yield "coming", _of(rule, COMING)


def _of(rule: Rule, values: Values) -> Values:
    is_objective = rule.endpoint in OBJECTIVES
    return {**values, "key": values["objective"]} if is_objective else values


def absent(rule: Rule, values: Values) -> Values:
    """The same with the narrowest of its objects not there."""
    order = ("version", "key", "objective", "person", "user", "name", "team", "tracker", "cycle")
    narrowest = next(name for name in order if name in rule.arguments)
    return {**values, narrowest: ABSENT[narrowest]}


def address(rule: Rule, values: Values) -> str:
    built = rule.build({name: values[name] for name in rule.arguments}, append_unknown=False)
    assert built is not None, rule
    asked = "?connection=jira&place=Platform" if rule.endpoint in LINKED else ""
    return str(built[1]) + asked


def expected(visit: Visit, role: str) -> int:
    """The answer: 200 stands for all that lets somebody in."""
    if not access.allowed(visit.endpoint, role):
        return 403
    if role == "admin":
        return 200
    if not is_seen(visit, role):
        return 404
    if visit.kind.startswith("own"):
        leads = role == "lead" or visit.endpoint == "key_result.check_in"
        return 200 if leads or not visit.edits else 403
    if visit.endpoint in LED:
        return 404
    return 403 if visit.edits else 200


def is_seen(visit: Visit, role: str) -> bool:
    """Whether the table's rule for objects shows it to somebody of this role in team mobile."""
    if "tracker" in visit.rule.arguments:
        return visit.kind != "draft"
    is_draft = visit.kind in {"draft", "own draft", "coming"} and role != "lead"
    if not is_draft or role == "viewer" or visit.kind == "own draft":
        return not (is_draft and role == "viewer")
    within = visit.rule.arguments & {"team", "key", "objective"}
    return not within and visit.endpoint not in ADDED_UP


def client(world: World, role: str) -> FlaskClient:
    secret.add(world, "one", role, team="mobile", lead=role == "lead")
    with world.runtime.store.write() as session:
        mine = session.scalars(select(t.Person.id).where(t.Person.key == "one")).one()
        for row in session.scalars(
            select(t.KeyResult).where(t.KeyResult.key.in_(("KR-6", "KR-41")))
        ):
            row.owner_id = mine
    found = world.client()
    assert found.post("/sign-in", data={"name": "one", "password": PASSWORD}).status_code == 303
    return found


def in_order(visit: Visit) -> tuple[bool, bool]:
    """First what only looks, last what takes the object away."""
    return visit.method == "POST", "retire" in visit.endpoint


@pytest.mark.parametrize("role", ["member", "lead", "viewer", "admin"])
def test_each_kind_of_person_meets_every_kind_of_object_as_the_table_says(
    peopled: World, role: str
) -> None:
    browser, wrong = client(peopled, role), []
    for visit in sorted(visits(peopled), key=in_order):
        wanted = expected(visit, role)
        if role == "admin" and (visit.method == "POST" or visit.kind in {"foreign", "own draft"}):
            continue  # admins see and edit all; what is not there is asked for below
        typed = TYPED.get(visit.endpoint, {}) if visit.method == "POST" else {}
        answer = browser.open(visit.path, method=visit.method, data=typed)
        got = answer.status_code if answer.status_code in {401, 403, 404} else 200
        assert answer.status_code < 500, visit
        if got != wanted:
            wrong.append((visit.method, visit.path, visit.kind, wanted, answer.status_code))
        if wanted == 404 == got:
            nothing = browser.open(visit.nothing, method=visit.method)
            assert plain(nothing.text, visit) == plain(answer.text, visit), visit
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("role", ["member", "lead", "viewer", "admin"])
def test_what_is_not_there_is_not_found_by_anybody(peopled: World, role: str) -> None:
    browser, wrong = client(peopled, role), []
    for rule, method in objects(peopled):
        values = _of(rule, OWN)
        for name in sorted(rule.arguments):
            path = address(rule, {**values, name: ABSENT[name]})
            wanted = 303 if rule.endpoint in LEAD_BACK else 404
            wanted = wanted if access.allowed(rule.endpoint, role) else 403
            got = browser.open(path, method=method).status_code
            if got != wanted:
                wrong.append((method, path, wanted, got))
    assert not wrong, "\n".join(map(str, wrong))


def test_a_stranger_is_sent_to_sign_in_from_each_of_them(peopled: World) -> None:
    browser = peopled.client()
    for visit in visits(peopled):
        answer = browser.open(visit.path, method=visit.method)
        assert (answer.status_code, "/sign-in" in answer.headers["Location"]) == (303, True), visit


def test_every_route_with_an_argument_is_walked(peopled: World) -> None:
    taking = {rule.endpoint for rule, _ in routes(peopled.app()) if rule.arguments}
    assert taking - {visit.endpoint for visit in visits(peopled)} == NO_OBJECT


def plain(page: str, visit: Visit) -> str:
    """A page without the words that the address itself brought, and without form tokens."""
    values = ("KR-O-31", "O-31", "KR-O-33", "O-33", "O-41", "KR-41", "SESAME-1", "ABSENT-404")
    words = "|".join(sorted({*values, "payments", "2027-Q1"}, key=len, reverse=True))
    return re.sub(rf'{words}|name="csrf_token" value="[^"]*"', "", page)
