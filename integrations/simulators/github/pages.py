"""The simulated GitHub's pages: repositories, milestones and issues with their buttons."""

from collections.abc import Iterable, Sequence

from flask import Flask, Response, abort

from integrations.simulators.github import wider_pages
from integrations.simulators.github.site import GithubSite
from integrations.simulators.github.state import GithubError, Item, Repo
from integrations.simulators.pages import Group, Row, sheet

NOT_DONE = ("not_planned", "duplicate")


class GithubPages:
    """What the site shows people."""

    name = "GitHub"

    def __init__(self, site: GithubSite) -> None:
        self.site = site

    def groups(self) -> Sequence[Group]:
        """Every repository with its items, then what is beyond issues."""
        items = [
            Group(repo.name, self._rows(repo.items.values()), f"/{repo.name}")
            for repo in self.site.repos.values()
        ]
        return [*items, *wider_pages.groups(self.site)]

    def act(self, item: str, action: str) -> None:
        """Close, reopen, merge or delete ``owner/repo#n``."""
        if wider_pages.act(self.site, item, action):
            return
        repo, _, number = item.rpartition("#")
        n = int(number)
        if action == "Close":
            self.site.close(repo, n)
        elif action == "Won't do":
            self.site.close(repo, n, "not_planned")
        elif action == "Merge":
            self.site.close(repo, n, merged=True)
        elif action == "Reopen":
            self.site.reopen(repo, n)
        elif action == "Delete":
            self.site.delete(repo, n)
        else:
            abort(400)

    def install(self, app: Flask) -> None:
        """GitHub's own addresses."""
        base = "/<owner>/<name>"
        for end, path, view in (
            ("page", base, self._repo),
            ("item", f"{base}/issues/<int:number>", self._item),
            ("pull", f"{base}/pull/<int:number>", self._item),
            ("milestone", f"{base}/milestone/<int:number>", self._milestone),
        ):
            app.add_url_rule(path, end, lambda view=view, **where: view(app, **where))

    def _rows(self, items: Iterable[Item]) -> list[Row]:
        return [self._row(item) for item in sorted(items, key=lambda item: item.number)]

    def _row(self, item: Item) -> Row:
        fields, kind = item.fields, "pull" if item.is_pull else "issues"
        closed, reason = fields["state"] == "closed", fields["state_reason"]
        merged = item.is_pull and fields["pull_request"]["merged_at"]
        dropped = reason in NOT_DONE or (item.is_pull and not merged)
        word = ("merged" if merged else reason or "closed") if closed else "open"
        milestone = self.site.repo(item.repo).milestones.get(item.milestone or 0, {})
        about = ["pull request" if item.is_pull else "", milestone.get("title", ""),
                 ", ".join(label["name"] for label in fields["labels"])]  # fmt: skip
        actions: tuple[str, ...] = ("Merge", "Close") if item.is_pull else ("Close", "Won't do")
        if closed:
            actions = () if merged else ("Reopen",)
        return Row(
            item=f"{item.repo}#{item.number}", key=f"#{item.number}", title=fields["title"],
            url=f"/{item.repo}/{kind}/{item.number}", status=word.replace("_", " "),
            tone=("dropped" if dropped else "done") if closed else "todo",
            about=" · ".join(word for word in about if word), actions=actions,
        )  # fmt: skip

    def _known(self, owner: str, name: str) -> Repo:
        try:
            return self.site.repo(f"{owner}/{name}")
        except GithubError:
            abort(404)

    def _repo(self, app: Flask, owner: str, name: str) -> Response:
        repo = self._known(owner, name)
        return sheet(app, repo.name, [self._of_milestone(repo, n) for n in repo.milestones] + [
            Group("Without milestone", self._rows(
                item for item in repo.items.values() if item.milestone is None))])  # fmt: skip

    def _of_milestone(self, repo: Repo, number: int) -> Group:
        about = repo.shown_milestone(number) or {}
        counts = f"{about['open_issues']} open, {about['closed_issues']} closed, pull requests too"
        due = f", due {about['due_on'][:10]}" if about["due_on"] else ""
        items = [item for item in repo.items.values() if item.milestone == number]
        where = f"/{repo.name}/milestone/{number}"
        return Group(about["title"], self._rows(items), where, counts + due)

    def _item(self, app: Flask, owner: str, name: str, number: int) -> Response:
        item = self._known(owner, name).items.get(number) or abort(404)
        groups = [Group("Item", [self._row(item)])]
        below = self.site.below(item)
        if below:
            groups.append(Group("Sub-issues", self._rows(below)))
        title = f"{item.repo}#{number} {item.fields['title']}"
        return sheet(app, title, groups, item.fields["body"] or "")

    def _milestone(self, app: Flask, owner: str, name: str, number: int) -> Response:
        repo = self._known(owner, name)
        if number not in repo.milestones:
            abort(404)
        title = f"{repo.name}: {repo.milestones[number]['title']}"
        return sheet(app, title, [self._of_milestone(repo, number)])
