"""What the caller may see: projects and issues taken away and given back."""

from dataclasses import dataclass

from integrations.simulators.jira import events
from integrations.simulators.jira.writing import Writing


@dataclass
class Sight(Writing):
    """Rights, trash and archive. What the caller may not see is just not there for it."""

    def hide_project(self, key: str) -> None:
        """Take the caller's right to browse a project."""
        self._close(self.hidden, key)

    def show_project(self, key: str) -> None:
        """Give it back."""
        self._open(self.hidden, key)

    def hide_issue(self, key: str) -> None:
        """Put an issue on a security level the caller is not on."""
        self._close(self.secured, self.held(key).id)

    def show_issue(self, key: str) -> None:
        """Take it off again."""
        self._open(self.secured, self.held(key).id)

    def delete_project(self, key: str) -> None:
        """Put a project into the trash: nobody sees it or its issues."""
        self._close(self.trashed, key)
        events.project(self, "soft_deleted", self.projects[key])

    def restore_project(self, key: str) -> None:
        """Out of the trash, or out of the archive."""
        archived = self.projects[key].pop("archived", False)
        self._open(self.trashed, key)
        kind = "restored_archived" if archived else "restored_deleted"
        events.project(self, kind, self.projects[key])

    def archive_project(self, key: str) -> None:
        """Into the archive: its issues are in no search, and read only one by one."""
        with self.lock:
            self.projects[key]["archived"] = True
            self.changed()
        events.project(self, "archived", self.projects[key])

    def _close(self, closed: set[str], name: str) -> None:
        with self.lock:
            closed.add(name)
            self.changed()

    def _open(self, closed: set[str], name: str) -> None:
        with self.lock:
            closed.discard(name)
            self.changed()
