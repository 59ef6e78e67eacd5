"""Writes the changes of a plan into the store, each with the wording people can go back to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete, event, select
from sqlalchemy.orm import Session, UOWTransaction

from connector.okr import rule_as_json
from connector.plans import Change, PlanLink, policy_of
from connector.policy import policy_as_json
from connector.store.tables import (
    Account,
    Cycle,
    KeyResult,
    Link,
    Membership,
    Objective,
    Person,
    Policy,
    Revision,
    Support,
    Team,
    Typed,
)
from sync import noting, values
from sync.planning.known import Known
from sync.planning.stored import KEY_RESULT_FIELDS
from sync.wording import body_of

CYCLE_TABLES = {"objective": Objective, "key_result": KeyResult}
TABLES = {"cycle": Cycle, "team": Team, "person": Person}
POLICY_ID = 1


@dataclass(slots=True)
class Writer:
    """One application of a plan; collects which key results, links and cycles it touched.

    Key results and their links wait for the next flush, so that thousands are written at once.
    What needs the ids of rows (wordings, supports, leads) is done once a flush has given them.
    """

    session: Session
    now: datetime
    author: str
    by: str = "plan"
    cycles: set[int] = field(default_factory=set)
    reopened: list[Cycle] = field(default_factory=list)
    touched_links: list[Link] = field(default_factory=list)
    objectives: list[Objective] = field(default_factory=list)
    left: set[tuple[str, int]] = field(default_factory=set)
    """What something no longer belongs to or supports: (objective or key_result, its id)."""
    _touched: list[KeyResult] = field(default_factory=list)
    _known: Known = field(init=False)
    _later: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Read what is there as it is asked for, and go on after every flush."""
        self._known = Known(self.session)
        event.listen(self.session, "after_flush_postexec", self._go_on)

    @property
    def key_results(self) -> set[int]:
        """The ids of the key results touched; they have one after a flush."""
        return {row.id for row in self._touched}

    def write(self, change: Change) -> None:
        """Create or update one object; whatever it refers to but a lead was written before."""
        with self.session.no_autoflush:
            if change.kind == "scoring":
                self._scoring(change)
            else:
                getattr(self, f"_{change.kind}")(self._row(change), change)
        if change.kind != "key_result":
            self.session.flush()  # others refer to it by its id

    def relink(self, row: KeyResult, wanted: Sequence[PlanLink]) -> None:
        """Give a stored key result these links: the whole list."""
        self.cycles.add(row.cycle_id)
        self._touched.append(row)
        with self.session.no_autoflush:
            self._links(row, wanted)

    def _go_on(self, _session: Session, _flushed: UOWTransaction) -> None:
        waiting, self._later = self._later, []
        for each in waiting:
            each()

    def _row(self, change: Change) -> Any:
        table: type[Any] = TABLES.get(change.kind) or CYCLE_TABLES[change.kind]
        fixed: dict[str, Any] = {"key": change.key}
        if change.kind in CYCLE_TABLES:
            fixed["cycle_id"] = cycle_id = self._known.id(Cycle, change.cycle)
            self.cycles.add(cycle_id or 0)
        rows, place = self._known.rows(table), (fixed.get("cycle_id"), change.key)
        if place not in rows:
            if hasattr(table, "position"):
                fixed["position"] = len(rows)
            rows[place] = table(**fixed)
            self.session.add(rows[place])
        return rows[place]

    def _scoring(self, change: Change) -> None:
        row = self.session.get(Policy, POLICY_ID) or Policy(id=POLICY_ID)
        row.body = policy_as_json(policy_of(change.fields))
        self.session.add(row)
        self._revise("policy", POLICY_ID, row.body)

    def _cycle(self, row: Cycle, change: Change) -> None:
        if row.state == "closed" and change.fields["state"] != "closed":
            self.reopened.append(row)
        for name in ("start", "end", "state"):
            setattr(row, name, change.fields[name])
        self._later.append(partial(self._word, "cycle", row))

    def _team(self, row: Team, change: Change) -> None:
        for name in ("name", "kind", "retired"):
            setattr(row, name, change.fields[name])
        row.parent_id = self._known.id(Team, change.fields["parent"])
        self.cycles.update(self._known.cycle_ids())
        self._known.rows(Person)
        self._later.append(partial(self._lead, row, change.fields["lead"]))

    def _lead(self, row: Team, key: str | None) -> None:
        """A lead new in the same file comes after the team: people are members of teams."""
        lead = self._known.rows(Person).get((None, key)) if key else None
        if key and (lead is None or lead.id is None):
            self._later.append(partial(self._lead, row, key))
            return
        row.lead_id = lead.id if lead else None
        self._word("team", row)

    def _person(self, row: Person, change: Change) -> None:
        for name in ("name", "role", "email", "retired"):
            setattr(row, name, change.fields[name])
        self.session.flush()
        self.session.execute(delete(Membership).where(Membership.person_id == row.id))
        for team in dict.fromkeys(change.fields["teams"]):
            self.session.add(Membership(person_id=row.id, team_id=self._known.id(Team, team)))
        self._accounts(row, change.fields["accounts"])

    def _accounts(self, row: Person, wanted: Mapping[str, str]) -> None:
        """An account that stays as it is keeps who said so."""
        mine = select(Account).where(Account.person_id == row.id)
        held = {each.tracker: each for each in self.session.scalars(mine)}
        for tracker, external_id in wanted.items():
            account = held.pop(tracker, None)
            if account is None:
                account = Account(person_id=row.id, tracker=tracker)
                self.session.add(account)
            if account.external_id != external_id:
                account.external_id, account.origin = external_id, self.by
        for account in held.values():
            self.session.delete(account)

    def _objective(self, row: Objective, change: Change) -> None:
        for name in ("title", "kind", "state", "takes", "weight"):
            setattr(row, name, change.fields[name])
        row.team_id = self._known.id(Team, change.fields["team"]) or 0
        row.owner_id = self._known.id(Person, change.fields["owner"])
        above = [
            (*self._known.work(row.cycle_id, key), weight)
            for key, weight in change.fields["supports"]
        ]
        held = self._known.supports(row)
        self.objectives.append(row)
        self._later.append(partial(self._supports, row, held, above))

    def _supports(
        self,
        row: Objective,
        held: Iterable[Support],
        above: Iterable[tuple[str, Objective | KeyResult, float]],
    ) -> None:
        """The supports given are all there are; the wording holds them for past days."""
        ended = {(each.target_kind, each.target_id): each for each in held}
        wording = []
        for position, (kind, target, weight) in enumerate(above):
            place = {"objective_id": row.id, "target_kind": kind, "target_id": target.id}
            support = ended.pop((kind, target.id), None) or Support(**place)
            support.weight, support.position = weight, position
            self.session.add(support)
            wording.append([kind, target.key, weight])
        for support in ended.values():
            self.session.delete(support)
        self.left.update(ended)
        self._word("objective", row, supports=wording)

    def _key_result(self, row: KeyResult, change: Change) -> None:
        for name in KEY_RESULT_FIELDS:
            setattr(row, name, change.fields[name])
        row.limit_low, row.limit_high = change.fields["limits"] or (None, None)
        row.steps = [[day.isoformat(), value] for day, value in change.fields["steps"]]
        row.guard = change.fields["needs_confirmation"]
        objective = self._known.id(Objective, change.fields["objective"], row.cycle_id)
        if row.objective_id not in {None, objective}:
            self.left.add(("objective", row.objective_id))
        row.objective_id = objective or 0
        row.owner_id = self._known.id(Person, change.fields["owner"])
        self._later.append(partial(self._word, "key_result", row))
        if "value" in change.changed:
            self._typed(row, is_new=change.action == "created")
        self._touched.append(row)
        if "links" in change.changed:
            self._links(row, change.fields["links"])

    def _typed(self, row: KeyResult, *, is_new: bool) -> None:
        row.value_at = self.now if row.value is not None else None
        if row.value is None and is_new:
            return

        def keep() -> None:
            self.session.add(
                Typed(key_result_id=row.id, made_at=self.now, author=self.author, value=row.value)
            )

        self._later.append(keep)

    def _links(self, row: KeyResult, wanted: Sequence[PlanLink]) -> None:
        """The list given is the whole list; a link keeps its history while its scope stays."""
        held = self._known.links(row)
        kept = _matched(held, wanted)
        for position, each in enumerate(wanted):
            link = kept.get(position) or self._new_link(row, each)
            moved, link.position = link.position != position, position
            ruled = not _counts_by(link, each)
            if ruled:
                link.pending = position in kept
                link.rule = rule_as_json(each.rule)
            asked = noting.ask(link, each.write_back, self.now)
            adopted, link.origin = link.origin != each.origin, each.origin
            if ruled or moved or asked or adopted:
                self._later.append(partial(self._word, "link", link))
            self.touched_links.append(link)
        for link in held:
            if link not in kept.values():
                link.ended_at, link.ended_by = self.now, self.author

    def _new_link(self, row: KeyResult, wanted: PlanLink) -> Link:
        scope = wanted.scope
        link = Link(
            key_result=row,
            scope=scope.text,
            tracker=scope.tracker,
            kind=scope.kind,
            value=scope.value,
            connection_id=self._known.connection_id(scope.tracker, scope.connection),
            created_at=self.now,
            title="",
            url="",
        )
        self.session.add(link)
        return link

    def _word(self, kind: str, row: Any, **more: Any) -> None:
        """Keep how a row that was just flushed reads."""
        self._revise(kind, row.id, body_of(row, more))

    def _revise(self, kind: str, subject_id: int, body: dict[str, Any]) -> None:
        wording = {"recorded_at": self.now, "author": self.author, "body": body}
        self.session.add(Revision(kind=kind, subject_id=subject_id, **wording))


def _matched(held: Sequence[Link], wanted: Sequence[PlanLink]) -> dict[int, Link]:
    """Position → the link that goes on there: those with the very same rule choose first."""
    kept: dict[int, Link] = {}
    for exact in (True, False):
        for position, each in enumerate(wanted):
            free = [
                link
                for link in held
                if link not in kept.values()
                and link.scope == each.scope.text
                and (not exact or _counts_by(link, each))
            ]
            if position not in kept and free:
                kept[position] = free[0]
    return kept


def _counts_by(link: Link, wanted: PlanLink) -> bool:
    """Whether a link has this rule already; one stored before a field was known may have."""
    return link.rule is not None and values.rule(link) == wanted.rule
