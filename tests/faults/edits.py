"""Random edits in the trackers, each with the number it has in the order of all edits."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.simulators.hooks import Delivery
from tests.faults.company import EPICS, REPOS
from tests.world import Clock

LATEST = timedelta(seconds=50)
"""How long ago an edit may have happened that a tracker tells only now."""
Subject = tuple[str, str]
"""(tracker, the tracker's id of an item)."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A webhook that a tracker sent: about whom, and after which edit."""

    tracker: str
    delivery: Delivery
    subject: Subject
    edit: int


@dataclass
class Edits:
    """Edits the sites at random; ``latest`` is the last edit of each item, ``sent`` not taken."""

    chance: random.Random
    clock: Clock
    sites: dict[str, Any]
    latest: dict[Subject, int] = field(default_factory=dict)
    sent: list[Letter] = field(default_factory=list)
    number: int = 0

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
            for ident in _idents(json.loads(delivery.body)):
                subject = tracker, ident
                self.latest[subject] = self.number
                self.sent.append(Letter(tracker, delivery, subject, self.number))

    def _jira(self) -> list[Callable[[], None]]:
        some = [self._status, self._status, self._points, self._parent, self._labels, self._new]
        planned = [self._plan] * 3 + [self._close_sprint] if self.sites["jira"].sprints else []
        return [*some, self._gone, self._gone, self._move, *planned]

    def _github(self) -> list[Callable[[], None]]:
        some = [self._close, self._reopen, self._milestone, self._label, self._open]
        return [*some, self._drop, self._drop, self._transfer]

    def _at(self, updated: str) -> datetime:
        """Now, or a while ago, but after what the tracker last did to the item."""
        now, before = self.clock(), datetime.fromisoformat(updated).astimezone(UTC)
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
            to = next(each for each in REPOS if each != place[0])
            self.sites["github"].transfer(*place, to)


def _idents(body: dict[str, Any]) -> set[str]:
    """The items that a webhook's body is about."""
    made = body.get("changes", {}).get("new_issue", {})
    return {str(each["id"]) for each in (body.get("issue", {}), made) if "id" in each}
