"""The life of sprints: made, filled, started, renamed, closed and deleted."""

from dataclasses import dataclass
from datetime import datetime

from integrations.simulators.jira import events, words
from integrations.simulators.jira.words import Json
from integrations.simulators.jira.writing import Writing


@dataclass
class Sprints(Writing):
    """The sprints of the one board. Starting, closing and renaming change no issue."""

    def add_sprint(self, name: str, state: str = "active", **dates: str) -> Json:
        """A sprint: future, active or closed; dates are Jira's (startDate, endDate, …)."""
        with self.lock:
            number = max(self.sprints, default=0) + 1
            self.sprints[number] = {"id": number, "name": name, "state": state, "boardId": 1,
                                    "goal": "", **dates}  # fmt: skip
            self.changed()
            events.sprint(self, "created", self.sprints[number])
            return self.sprints[number]

    def start_sprint(self, number: int) -> None:
        """It is under way from now on."""
        self._set_sprint(number, "started", state="active", startDate=self.stamp(self.now))

    def rename_sprint(self, number: int, name: str) -> None:
        """Another name, on every issue at once."""
        self._set_sprint(number, "updated", name=name)

    def close_sprint(self, number: int, move_to: int | None = None) -> None:
        """It ends: what is not done goes on to another sprint, keeping this one, or to the backlog,
        where this one stays all it has."""
        with self.lock:
            closing, ends = self.sprints[number], self.stamp(self.now)
            self._set_sprint(number, "closed", state="closed", completeDate=ends)
            for issue in list(self.issues.values()):
                held = issue.fields.get(words.SPRINT) or []
                done = issue.fields["status"]["statusCategory"]["key"] == "done"
                if move_to is not None and not done and closing in held:
                    self.put(issue, {words.SPRINT: [*held, self.sprints[move_to]]}, self.now)

    def delete_sprint(self, number: int) -> None:
        """It is no more; its issues are in the backlog again."""
        with self.lock:
            gone = self.sprints[number]
            self.swap(words.SPRINT, gone, None)
            del self.sprints[number]
            self.changed()
            events.sprint(self, "deleted", gone)

    def put_in_sprint(self, key: str, number: int | None, at: datetime | None = None) -> None:
        """Plan an issue into a sprint, out of any that is not closed; None: into the backlog."""
        with self.lock:
            issue = self.held(key)
            past = [one for one in issue.fields.get(words.SPRINT) or ()
                    if one["state"] == "closed"]  # fmt: skip
            into = [self.sprints[number]] if number is not None else []
            self.put(issue, {words.SPRINT: [*past, *into] or None}, at or self.now)

    def _set_sprint(self, number: int, event: str, **more: object) -> None:
        with self.lock:
            before = events.sprint_shape(self.sprints[number])
            self.sprints[number] |= more
            self.changed()
            events.sprint(self, event, self.sprints[number], oldValue=before)
