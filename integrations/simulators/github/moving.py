"""What a simulated GitHub loses sight of: issues and repositories renamed, moved, deleted."""

from dataclasses import dataclass, replace
from datetime import datetime

from integrations.simulators.github import app_shapes, events, naming, relations, shapes
from integrations.simulators.github.editing import Editing
from integrations.simulators.github.state import Item, Repo


@dataclass
class Moving(Editing):
    """Deletions, transfers, renames, and rights that are taken away."""

    def delete(self, repo: str, number: int) -> None:
        """Delete an issue with its comments: it answers 410 from now on."""
        with self.lock:
            here, item = self.repo(repo), self.item(repo, number)
            events.item(self, item, "deleted")
            del here.items[number]
            here.deleted.add(number)
            for ident in [key for key, each in self.comments.items() if each.of(here.name, number)]:
                del self.comments[ident]
            self._left(item, None)

    def transfer(self, repo: str, number: int, to: str, at: datetime | None = None) -> int:
        """Move to another repository: new number and id there, 301 here."""
        with self.lock:
            here, there = self.repo(repo), self.repo(to)
            item, moment = self.item(repo, number), at or self.now
            new_number = there.next_number()
            made = shapes.issue(there.name, new_number, self.new_id(), item.fields["title"], moment)
            for name in (
                "state",
                "state_reason",
                "closed_at",
                "created_at",
                "body",
                "labels",
                "user",
                "assignees",
                "assignee",
                "type",
            ):
                made[name] = item.fields[name]
            there.items[new_number] = Item(there.name, made)
            relations.carry(self, item, there.items[new_number], moment)
            change = {"new_issue": made, "new_repository": there.about}
            events.item(self, item, "transferred", changes=change)
            del here.items[number]
            here.moved[number] = (int(there.about["id"]), new_number)
            self._left(item, there.items[new_number])
            events.item(self, there.items[new_number], "opened")
            return new_number

    def _left(self, item: Item, to: Item | None) -> None:
        """An item is gone from where it was; boards follow it."""

    def set_parent(
        self, repo: str, number: int, parent: tuple[str, int] | None, at: datetime | None = None
    ) -> None:
        """Make an issue a sub-issue of another (or of none)."""
        with self.lock:
            wanted = self.item(*parent) if parent else None
            relations.set_parent(self, self.item(repo, number), wanted, at or self.now)

    def rename_repo(self, name: str, to: str) -> None:
        """Another name within the same owner, such as ``web``; the old one leads to it."""
        with self.lock:
            repo = self.repo(name)
            before = str(repo.about["name"])
            self._called(repo, f"{repo.name.split('/')[0]}/{to}")
            changes = {"repository": {"name": {"from": before}}}
            events.repository(self, repo, "renamed", changes=changes)

    def transfer_repo(self, name: str, owner: str) -> None:
        """Another owner; the old name leads to it."""
        with self.lock:
            repo = self.repo(name)
            before = repo.about["owner"]["login"]
            person = before.lower() in self.people
            self._called(repo, f"{owner}/{repo.about['name']}")
            repo.about["owner"] = app_shapes.account(self, owner)
            was = {"user": shapes.account(before)} if person else {
                "organization": shapes.brief_organization(before)}  # fmt: skip
            changes = {"owner": {"from": was}}
            events.repository(self, repo, "transferred", changes=changes)

    def delete_repo(self, name: str) -> None:
        """A repository less, with all its issues."""
        with self.lock:
            repo = self.repo(name)
            events.repository(self, repo, "deleted")
            del self.repos[repo.name.lower()]
            kept = [hook for hook in self.postman.hooks if hook.repo != repo.name]
            self.postman.hooks = kept

    def set_private(self, name: str, *, private: bool = True) -> None:
        """Take a repository from the public, or show it."""
        with self.lock:
            repo = self.repo(name)
            visibility = "private" if private else "public"
            repo.about |= {"private": private, "visibility": visibility}
            events.repository(self, repo, "privatized" if private else "publicized")

    def archive_repo(self, name: str, *, archived: bool = True) -> None:
        """Make a repository read-only, or not any more."""
        with self.lock:
            repo = self.repo(name)
            repo.about["archived"] = archived
            events.repository(self, repo, "archived" if archived else "unarchived")

    def _called(self, repo: Repo, name: str) -> None:
        """Every address names the repository as it is called now."""
        before = repo.name
        self.renamed[before.lower()] = int(repo.about["id"])
        self.renamed.pop(name.lower(), None)
        del self.repos[before.lower()]
        self.repos[name.lower()] = repo
        for each in self.repos.values():
            naming.rename(each, before, name)
        repo.about |= {"full_name": name, "name": name.split("/")[1]}
        for comment in self.comments.values():
            comment.repo = name if comment.repo == before else comment.repo
        self.postman.hooks = [
            replace(hook, repo=name) if hook.repo == before else hook for hook in self.postman.hooks
        ]
        self.hidden = {naming.swapped(each, before, name) for each in self.hidden}
        naming.rename_in_tokens(self.tokens, before, name)
        for app in self.apps.known.values():
            for where in app.installations.values():
                where.repos = naming.swapped_all(where.repos, before, name)

    def hide_repo(self, name: str) -> None:
        """Take every caller's right to see a repository."""
        with self.lock:
            self.hidden.add(self.repo(name).name.lower())

    def show_repo(self, name: str) -> None:
        """Give it back."""
        with self.lock:
            self.hidden.discard(name.lower())
