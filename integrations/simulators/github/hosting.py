"""Apps of a simulated GitHub, as its Python way to make, install, suspend and remove them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from integrations.simulators.github import app_shapes, posting
from integrations.simulators.github.apps import App, Installation
from integrations.simulators.github.posting import GithubHook
from integrations.simulators.github.state import GithubError, Repo
from integrations.simulators.github.talking import Talking

PERMISSIONS: Mapping[str, str] = {
    "metadata": "read", "issues": "write", "pull_requests": "read", "checks": "write",
    "organization_projects": "read",
}  # fmt: skip
EVENTS = (
    "issues", "issue_comment", "label", "milestone", "projects_v2_item", "pull_request",
    "release", "repository", "sub_issues",
)  # fmt: skip


@dataclass
class Hosting(Talking):
    """What an administrator does with apps; every change tells the app's webhook."""

    def add_app(
        self, name: str = "Worklift", owner: str = "acme", *,
        permissions: Mapping[str, str] = PERMISSIONS, events: Iterable[str] = EVENTS,
        hook_url: str = "",
    ) -> App:  # fmt: skip
        """An app, with a webhook where it has an address."""
        with self.lock:
            app = self.apps.add(name, owner, permissions, events)
            app.hook_url = hook_url
            self.hook_app(app)
            return app

    def hook_app(self, app: App) -> GithubHook:
        """Its webhook, as the app's settings now say; it is asleep without an address."""
        with self.lock:
            known = self.app_hook(app)
            made = GithubHook(
                known.id if known else self.new_id(), app.hook_url, app.webhook_secret,
                frozenset(app.events), kind="app", app=app, active=bool(app.hook_url),
                target=app.id, created=app.created, updated=self.clock(),
            )  # fmt: skip
            others = [hook for hook in self.postman.hooks if hook is not known]
            self.postman.hooks = [*others, made]
            return made

    def app_hook(self, app: App) -> GithubHook | None:
        """The webhook of an app."""
        mine = (hook for hook in self.postman.hooks
                if isinstance(hook, GithubHook) and hook.app is app)  # fmt: skip
        return next(mine, None)

    def install_app(
        self, app: App, account: str, repos: Iterable[str] | None = None
    ) -> Installation:
        """Install it for all repositories of an account, or for some."""
        with self.lock:
            made = self.apps.install(app, account, repos)
            self._told(made, "created", repositories=app_shapes.named(self.installed(made)))
            return made

    def installed(self, where: Installation) -> list[Repo]:
        """The repositories of an installation."""
        return [repo for repo in self.repos.values()
                if where.covers(repo.name) and repo.name.lower() not in self.hidden]  # fmt: skip

    def suspend(self, where: Installation) -> None:
        """Its tokens open nothing until it is unsuspended."""
        with self.lock:
            where.suspended = where.updated = self.clock()
            self._told(where, "suspend")

    def unsuspend(self, where: Installation) -> None:
        """Its tokens are good again."""
        with self.lock:
            where.suspended, where.updated = None, self.clock()
            self._told(where, "unsuspend")

    def uninstall(self, where: Installation) -> None:
        """Remove it from the account."""
        with self.lock:
            repos = app_shapes.named(self.installed(where))
            self._told(where, "deleted", repositories=repos)
            self.apps.uninstall(where)

    def choose_repos(self, where: Installation, repos: Iterable[str] | None) -> None:
        """Other repositories for an installation; None: all of the account's."""
        with self.lock:
            before = {repo.name.lower(): repo for repo in self.installed(where)}
            where.repos = None if repos is None else {name.lower() for name in repos}
            where.updated = self.clock()
            after = {repo.name.lower(): repo for repo in self.installed(where)}
            added = [repo for name, repo in after.items() if name not in before]
            removed = [repo for name, repo in before.items() if name not in after]
            for action, changed in (("added", added), ("removed", removed)):
                if changed:
                    self._rechosen(where, action, added=added, removed=removed)

    def permit(
        self,
        where: Installation,
        permissions: Mapping[str, str],
        events: Iterable[str] | None = None,
    ) -> None:
        """What an account now lets an app do."""
        with self.lock:
            where.permissions, where.updated = dict(permissions), self.clock()
            where.events = where.events if events is None else sorted(events)
            self._told(where, "new_permissions_accepted")

    def _rechosen(
        self, where: Installation, action: str, *, added: list[Repo], removed: list[Repo]
    ) -> None:
        one = action == "added"
        body = {
            "action": action, "installation": app_shapes.installation(self, where),
            "repository_selection": "all" if where.repos is None else "selected",
            "repositories_added": app_shapes.named(added) if one else [],
            "repositories_removed": [] if one else app_shapes.named(removed), "requester": None,
        }  # fmt: skip
        app = self.apps.known[where.app]
        posting.of_installation(self, app, "installation_repositories", body)

    def _told(self, where: Installation, action: str, **more: object) -> None:
        body = {"action": action, "installation": app_shapes.installation(self, where), **more}
        app = self.apps.known[where.app]
        requested = {"requester": None} if action == "created" else {}
        posting.of_installation(self, app, "installation", body | requested)


def known_app(site: Hosting, number: int) -> App:
    """An app by its id; 404 for one that is not there."""
    found = site.apps.known.get(number)
    if found is None:
        raise GithubError(404, "Not Found")
    return found
