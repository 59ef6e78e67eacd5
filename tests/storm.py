"""Random edits in both simulated trackers, their webhooks lost, doubled or delivered."""

import random
from datetime import UTC, datetime, timedelta

from tests.world import World

STATUSES = ("To Do", "In Progress", "Done")
EPICS = ("PLAT-1", "PLAT-2")
REPO = "acme/api"
LATEST = timedelta(minutes=5)
"""How long ago an edit may have happened that the trackers tell only now."""


class Storm:
    """Edits of both trackers; ``PLAT-1`` and ``PLAT-2`` are epics and stay."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.jira, self.github = (world.trackers[each].site for each in ("jira", "github"))
        self.in_jira = (self._status, self._new, self._points, self._parent, self._gone,
                        self._move, self._labels, self._status)  # fmt: skip
        self.in_github = (self._close, self._open, self._milestone, self._drop, self._reopen,
                          self._label, self._close)  # fmt: skip

    def blow(self, edits: int) -> None:
        for _ in range(edits):
            self.world.clock.turn(seconds=self.random.choice([0, 1, 45]))
            self.edit()
            if self.random.random() < 0.4:
                self.world.poll()

    def edit(self) -> None:
        """One edit of one tracker; its webhook is lost, delivered or delivered twice."""
        tracker = self.random.choice(["jira", "github"])
        self.random.choice(self.in_jira if tracker == "jira" else self.in_github)()
        for _ in range(self.random.choice([0, 0, 1, 1, 2])):
            if self.world.trackers[tracker].site.deliveries:
                assert self.world.deliver(tracker).status == 202

    def _at(self, updated: str) -> datetime:
        """Now, or a while ago, but after what the tracker last did to the item."""
        now, before = self.world.clock(), datetime.fromisoformat(updated).astimezone(UTC)
        ago = self.random.choice([timedelta(), self.random.random() * LATEST])
        return max(now - ago, min(now, before + timedelta(seconds=1)))

    def _key(self) -> str:
        keys = [each.key for each in self.jira.issues.values() if each.key not in EPICS]
        return str(self.random.choice(keys)) if keys else "PLAT-1"

    def _when(self, key: str) -> datetime:
        return self._at(self.jira.find(key).fields["updated"])

    def _status(self) -> None:
        key, status = self._key(), self.random.choice(STATUSES)
        word = self.random.choice(["Done", "Won't Do"]) if status == "Done" else None
        self.jira.transition(key, status, word, at=self._when(key))

    def _new(self) -> None:
        parent = self.random.choice([None, *EPICS])
        kind = self.random.choice(["Story", "Bug"])
        points = self.random.choice([None, 3.0, 0.7])
        self.jira.add_issue("PLAT", "New", kind, parent=parent, points=points)

    def _points(self) -> None:
        key = self._key()
        points = self.random.choice([0.0, 0.1, 5.0, None])
        self.jira.edit(key, points=points, at=self._when(key))

    def _parent(self) -> None:
        key = self._key()
        if key not in EPICS:
            self.jira.edit(key, parent=self.random.choice([None, *EPICS]), at=self._when(key))

    def _labels(self) -> None:
        key = self._key()
        self.jira.edit(key, labels=self.random.choice([[], ["okr"]]), at=self._when(key))

    def _gone(self) -> None:
        key = self._key()
        if key not in EPICS:
            self.jira.delete(key)

    def _move(self) -> None:
        key = self._key()
        if key not in EPICS:
            to = "OPS" if key.startswith("PLAT") else "PLAT"
            self.jira.move(key, to, at=self._when(key))

    def _number(self) -> int:
        return int(self.random.choice(list(self.github.repo(REPO).items)))

    def _since(self, number: int) -> datetime:
        return self._at(self.github.item(REPO, number).fields["updated_at"])

    def _close(self) -> None:
        number = self._number()
        reason = self.random.choice(["completed", "not_planned"])
        self.github.close(REPO, number, reason=reason, at=self._since(number))

    def _reopen(self) -> None:
        number = self._number()
        self.github.reopen(REPO, number, at=self._since(number))

    def _open(self) -> None:
        labels = self.random.choice([[], ["okr"], ["points: 3"]])
        milestone = self.random.choice([None, 1])
        self.github.add_issue(REPO, "New", milestone=milestone, labels=labels)

    def _milestone(self) -> None:
        number = self._number()
        milestone = self.random.choice([None, 1])
        self.github.edit(REPO, number, milestone=milestone, at=self._since(number))

    def _label(self) -> None:
        number = self._number()
        labels = self.random.choice([[], ["okr"], ["points: 3"], ["points: 8", "okr"]])
        self.github.edit(REPO, number, labels=labels, at=self._since(number))

    def _drop(self) -> None:
        if len(self.github.repo(REPO).items) > 2:
            self.github.delete(REPO, self._number())
