"""Random edits in the trackers, each with the number it has in the order of all edits."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.simulators.hooks import Delivery
from tests.faults.boards import Boards
from tests.faults.company import EPICS, REPOS
from tests.world import Clock

LATEST = timedelta(seconds=50)
"""How long ago an edit may have happened that a tracker tells only now."""
Subject = tuple[str, str]
"""(tracker, the tracker's id of an item), or what an item is on a board (``boards.on``)."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A webhook that a tracker sent: about whom, and after which edit."""

    tracker: str
    delivery: Delivery
    subject: Subject
    edit: int


@dataclass
class Edits:
    """Edits the sites at random; ``latest`` is the last edit of each item, ``sent`` not taken,
    ``moved`` the item that one became by its transfer."""

    chance: random.Random
    clock: Clock
    sites: dict[str, Any]
    latest: dict[Subject, int] = field(default_factory=dict)
    sent: list[Letter] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    number: int = 0
    boards: Boards | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if "github" in self.sites:
            self.boards = Boards(self.chance, self.sites["github"], self._past)

    def edit(self) -> None:
        """One edit somewhere."""
        tracker = self.chance.choice(sorted(self.sites))
        several = self._jira() if tracker == "jira" else self._github()
        self.of(tracker, self.chance.choice(several))

    def of(self, tracker: str, change: Callable[[], None]) -> None:
        """Make one change; what the tracker sends about it is a letter."""
        site = self.sites[tracker]
        before = len(site.deliveries)
        self.number += 1
        if tracker == "jira":
            # A Jira tells thousandths of a second; a GitHub has many changes of one instant.
            self.clock.turn(seconds=1)
        change()
        for delivery in site.deliveries[before:]:
            for ident in sorted(self._idents(json.loads(delivery.body))):
                subject = tracker, ident
                self.latest[subject] = self.number
                self.sent.append(Letter(tracker, delivery, subject, self.number))
        for ident in self.boards.untold() if self.boards is not None else ():
            self.latest[tracker, ident] = self.number

    def _jira(self) -> list[Callable[[], None]]:
        some = [self._status, self._status, self._points, self._parent, self._labels, self._new]
        planned = [self._plan] * 3 + [self._close_sprint] if self.sites["jira"].sprints else []
        return [*some, self._gone, self._gone, self._move, *planned]

    def _github(self) -> list[Callable[[], None]]:
        some = [self._close, self._reopen, self._milestone, self._label, self._open]
        planned = self.boards.several() if self.boards is not None else []
        return [*some, self._drop, self._drop, self._transfer, *planned]

    def _at(self, updated: str) -> datetime:
        """Now, or a while ago, but after what the tracker last did to the item."""
        return self._past(datetime.fromisoformat(updated).astimezone(UTC))

    def _past(self, before: datetime) -> datetime:
        now = self.clock()
        ago = self.chance.choice([timedelta(), self.chance.random() * LATEST])
        return max(now - ago, min(now, before + timedelta(seconds=1))).replace(microsecond=0)

    def _key(self) -> str | None:
        jira = self.sites["jira"]
        keys = [each.key for each in jira.issues.values() if each.key not in EPICS]
        return self.chance.choice(keys) if keys else None

    def _when(self, key: str) -> datetime:
        return self._at(self.sites["jira"].find(key).fields["updated"])

    def _status(self) -> None:
        if (key := self._key()) is not None:
            status = self.chance.choice(["To Do", "In Progress", "Done", "Done"])
            word = self.chance.choice(["Done", "Won't Do"]) if status == "Done" else None
            self.sites["jira"].transition(key, status, word, at=self._when(key))

    def _edited(self, **several: list[Any]) -> None:
        if (key := self._key()) is not None:
            values = {name: self.chance.choice(each) for name, each in several.items()}
            self.sites["jira"].edit(key, at=self._when(key), **values)

    def _points(self) -> None:
        self._edited(points=[None, 0.5, 3.0, 8.0])

    def _parent(self) -> None:
        self._edited(parent=[None, *EPICS])

    def _labels(self) -> None:
        self._edited(labels=[[], ["okr"]])

    def _new(self) -> None:
        kind, points = self.chance.choice(["Story", "Bug"]), self.chance.choice([None, 5.0])
        parent, place = self.chance.choice([None, *EPICS]), self.chance.choice(["PLAT", "OPS"])
        self.sites["jira"].add_issue(place, "New", kind, parent=parent, points=points)

    def _gone(self) -> None:
        if (key := self._key()) is not None:
            self.sites["jira"].delete(key)

    def _move(self) -> None:
        if (key := self._key()) is not None:
            to = "OPS" if key.startswith("PLAT") else "PLAT"
            self.sites["jira"].move(key, to, at=self._when(key))

    def _plan(self) -> None:
        """Into a sprint that is not over, or out of all."""
        if (key := self._key()) is not None:
            site = self.sites["jira"]
            running = [number for number, each in site.sprints.items() if each["state"] != "closed"]
            site.put_in_sprint(key, self.chance.choice([None, *running]), at=self._when(key))

    def _close_sprint(self) -> None:
        """A sprint ends; what is not done goes on to the next one or to the backlog."""
        site = self.sites["jira"]
        running = [number for number, each in site.sprints.items() if each["state"] != "closed"]
        if running:
            ends = running.pop(0)
            site.close_sprint(ends, self.chance.choice([None, *running]))

    def _issue(self) -> tuple[str, int] | None:
        repos = self.sites["github"].repos.values()
        found = [(each.name, number) for each in repos for number in each.items]
        return self.chance.choice(found) if found else None

    def _since(self, place: tuple[str, int]) -> datetime:
        return self._at(self.sites["github"].item(*place).fields["updated_at"])

    def _close(self) -> None:
        if (place := self._issue()) is not None:
            reason = self.chance.choice(["completed", "completed", "not_planned"])
            self.sites["github"].close(*place, reason=reason, at=self._since(place))

    def _reopen(self) -> None:
        if (place := self._issue()) is not None:
            self.sites["github"].reopen(*place, at=self._since(place))

    def _milestone(self) -> None:
        if (place := self._issue()) is not None:
            milestone = self.chance.choice([None, 1])
            self.sites["github"].edit(*place, milestone=milestone, at=self._since(place))

    def _label(self) -> None:
        if (place := self._issue()) is not None:
            labels = self.chance.choice([[], ["okr"], ["okr", "other"]])
            self.sites["github"].edit(*place, labels=labels, at=self._since(place))

    def _open(self) -> None:
        labels, milestone = self.chance.choice([[], ["okr"]]), self.chance.choice([None, 1])
        site, repo = self.sites["github"], self.chance.choice(REPOS)
        site.add_issue(repo, "New", labels=labels, milestone=milestone)

    def _drop(self) -> None:
        if (place := self._issue()) is not None:
            self.sites["github"].delete(*place)

    def _transfer(self) -> None:
        if (place := self._issue()) is not None:
            to, site = next(each for each in REPOS if each != place[0]), self.sites["github"]
            before = site.item(*place).fields["id"]
            after = site.item(to, site.transfer(*place, to)).fields["id"]
            self.moved[str(before)] = str(after)

    def _idents(self, body: dict[str, Any]) -> set[str]:
        """The items that a webhook's body is about, and the places on boards."""
        if self.boards is not None and "projects_v2_item" in body:
            return {self.boards.told_of(body["projects_v2_item"])}
        if "projects_v2" in body:
            return {body["projects_v2"]["node_id"]}
        made = body.get("changes", {}).get("new_issue", {})
        moved = self.boards.on_all(made["id"]) if self.boards is not None and made else set()
        return {*moved, *(str(each["id"]) for each in (body.get("issue", {}), made) if each)}
