"""The words of a site: statuses, types and projects renamed, recategorised and deleted."""

from dataclasses import dataclass
from typing import Any

from integrations.simulators.jira import events, words
from integrations.simulators.jira.words import Json
from integrations.simulators.jira.writing import Writing


@dataclass
class Naming(Writing):
    """Words are shared by all issues: changing one bumps no issue and sends no issue event."""

    def add_status(self, name: str, category: str) -> Json:
        """A status of the category new, indeterminate or done."""
        with self.lock:
            number = str(max(int(ident) for ident in self.statuses) + 1)
            self.statuses[number] = words.status(number, name, category)
            return self.statuses[number]

    def rename_status(self, name: str, new: str) -> None:
        """Another name, on every issue at once."""
        self._set_word(self.by_name(self.statuses, name, "status"), name=new)

    def recategorise_status(self, name: str, category: str) -> None:
        """Count it as new, indeterminate or done from now on."""
        status = self.by_name(self.statuses, name, "status")
        self._set_word(status, statusCategory=words.status("0", "", category)["statusCategory"])

    def delete_status(self, name: str, into: str) -> None:
        """It is no more; its issues move to another, as Jira asks before it deletes one."""
        with self.lock:
            old = self.by_name(self.statuses, name, "status")
            new = self.by_name(self.statuses, into, "status")
            for issue in list(self.issues.values()):
                if issue.fields["status"]["id"] == old["id"]:
                    self.put(issue, {"status": new}, self.now)
            del self.statuses[old["id"]]
            self.changed()

    def rename_type(self, name: str, new: str) -> None:
        """Another name of an issue type."""
        self._set_word(self.by_name(self.issue_types, name, "issuetype"), name=new)

    def rename_field(self, id: str, new: str) -> None:
        """Another name of a field; its id stays."""
        self._set_word(self.fields[id], name=new)

    def remove_roadmaps(self) -> None:
        """A site without Advanced Roadmaps: nothing is above an epic."""
        with self.lock:
            self.fields.pop(words.PARENT_LINK, None)
            self.changed()

    def add_roadmaps(self) -> None:
        """Install it again: what epics lay below shows again."""
        with self.lock:
            self.fields[words.PARENT_LINK] = words.fields()[words.PARENT_LINK]
            self.changed()

    def rename_project(self, key: str, new: str) -> None:
        """Another name of a project; its key stays."""
        self._set_word(self.projects[key], name=new)
        events.project(self, "updated", self.projects[key])

    def _set_word(self, word: Json, **more: Any) -> None:
        with self.lock:
            word |= more
            self.changed()
