"""Versions and components: made, renamed, released, moved, merged and deleted."""

from dataclasses import dataclass
from datetime import UTC

from integrations.simulators.jira import events
from integrations.simulators.jira.words import Json
from integrations.simulators.jira.writing import Writing


@dataclass
class Versions(Writing):
    """The parts of projects. Only what changes issues bumps their ``updated``: a rename or a
    release does not, a swap does."""

    def add_version(self, project: str, name: str, released: bool = False) -> Json:  # noqa: FBT001, FBT002
        """A version of a project."""
        with self.lock:
            part = self.add_part(self.versions, project, name, "version")
            part |= {"archived": False, "released": released, "description": ""}
            events.version(self, "created", part, project)
            return part

    def rename_version(self, project: str, name: str, new: str) -> None:
        """Another name, on every issue at once."""
        self._set_version(project, name, "updated", {"name": new})

    def release_version(self, project: str, name: str) -> None:
        """It is out, as of today."""
        day = self.now.astimezone(UTC).date().isoformat()
        self._set_version(project, name, "released", {"released": True, "releaseDate": day})

    def unrelease_version(self, project: str, name: str) -> None:
        """It is not out after all."""
        self._set_version(project, name, "unreleased", {"released": False})

    def archive_version(self, project: str, name: str) -> None:
        """It can be chosen no more; issues keep it."""
        self._set_version(project, name, "updated", {"archived": True})

    def move_version(self, project: str, name: str) -> None:
        """To the top of the project's list."""
        with self.lock:
            part = self.part(self.versions, project, name)
            self.versions[project].remove(part)
            self.versions[project].insert(0, part)
            self.changed()
            events.version(self, "moved", part, project)

    def merge_version(self, project: str, name: str, into: str) -> None:
        """Its issues get the other version, and it is no more."""
        with self.lock:
            other = self.part(self.versions, project, into)
            part = self._drop(project, name, other)
            events.version(self, "merged", part, project, mergedTo=other)

    def delete_version(self, project: str, name: str, swap: str | None = None) -> None:
        """It is no more; its issues get another version in its place, or none."""
        with self.lock:
            other = self.part(self.versions, project, swap) if swap else None
            part = self._drop(project, name, other)
            events.version(self, "deleted", part, project)

    def add_component(self, project: str, name: str) -> Json:
        """A component of a project."""
        with self.lock:
            return self.add_part(self.components, project, name, "component")

    def rename_component(self, project: str, name: str, new: str) -> None:
        """Another name, on every issue at once."""
        with self.lock:
            self.part(self.components, project, name)["name"] = new
            self.changed()

    def delete_component(self, project: str, name: str) -> None:
        """It is no more; its issues have it no longer."""
        with self.lock:
            part = self.part(self.components, project, name)
            self.swap("components", part, None)
            self.components[project].remove(part)
            self.changed()

    def _set_version(self, project: str, name: str, event: str, more: Json) -> None:
        with self.lock:
            part = self.part(self.versions, project, name)
            part |= more
            self.changed()
            events.version(self, event, part, project)

    def _drop(self, project: str, name: str, other: Json | None) -> Json:
        part = self.part(self.versions, project, name)
        for field in ("fixVersions", "versions"):
            self.swap(field, part, other)
        self.versions[project].remove(part)
        self.changed()
        return part
