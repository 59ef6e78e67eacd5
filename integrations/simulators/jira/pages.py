"""The simulated Jira's pages: /browse/KEY and lists, with the buttons a workflow would show."""

from collections.abc import Iterable, Sequence

from flask import Flask, Response, abort, request

from integrations.simulators.jira import evaluate, jql, notes_pages, wider_pages, words
from integrations.simulators.jira.site import JiraSite
from integrations.simulators.jira.state import Issue, JiraError
from integrations.simulators.pages import Group, Row, sheet

TONES = {"new": "todo", "indeterminate": "doing", "done": "done", "undefined": "todo"}
ACTIONS = {
    "Start": ("In Progress", None), "Close": ("Done", "Done"), "Reopen": ("To Do", None),
    "Won't do": ("Done", "Won't Do"),
}  # fmt: skip


class JiraPages:
    """What the site shows people."""

    name = "Jira"

    def __init__(self, site: JiraSite) -> None:
        self.site = site

    def groups(self) -> Sequence[Group]:
        """Every project with its issues, then what is beyond issues."""
        return [*(self._project(key) for key in self.site.projects), *wider_pages.groups(self.site)]

    def act(self, item: str, action: str) -> None:
        """Move an issue through its workflow, or delete it."""
        if wider_pages.act(self.site, item, action):
            return
        if action == "Delete":
            self.site.delete(item)
        elif action in ACTIONS:
            status, resolution = ACTIONS[action]
            self.site.transition(item, status, resolution)
        else:
            abort(400)

    def install(self, app: Flask) -> None:
        """Jira's own addresses."""
        app.add_url_rule("/browse/<key>", view_func=lambda key: self._browse(app, key),
                         endpoint="browse")  # fmt: skip
        app.add_url_rule("/issues/", view_func=lambda: self._list(app), endpoint="list")

    def _project(self, key: str) -> Group:
        return Group(f"{key} · {self.site.projects[key]['name']}",
                     self._rows(self.site.at_home(key)),
                     f"/browse/{key}")  # fmt: skip

    def _rows(self, issues: Iterable[Issue]) -> list[Row]:
        return [self._row(issue) for issue in sorted(issues, key=lambda issue: int(issue.id))]

    def _row(self, issue: Issue) -> Row:
        fields = issue.fields
        tone = TONES[fields["status"]["statusCategory"]["key"]]
        resolution = (fields.get("resolution") or {}).get("name")
        finished = tone == "done"
        if finished and resolution not in (None, "Done"):
            tone = "dropped"
        about = [
            fields["issuetype"]["name"],
            (fields.get("parent") or {}).get("key"),
            _points(fields.get(words.STORY_POINTS)),
            resolution if tone == "dropped" else None,
        ]
        actions: tuple[str, ...] = ("Reopen",) if finished else ("Start", "Close", "Won't do")
        if tone == "doing":
            actions = ("Close", "Won't do")
        return Row(
            item=issue.key, key=issue.key, title=fields["summary"], url=f"/browse/{issue.key}",
            status=fields["status"]["name"], tone=tone,
            about=" · ".join(str(word) for word in about if word), actions=actions,
        )  # fmt: skip

    def _browse(self, app: Flask, key: str) -> Response:
        with self.site.lock:
            if key in self.site.projects:
                return sheet(app, self.site.projects[key]["name"], [self._project(key)])
            try:
                issue = self.site.held(key)
            except JiraError:
                abort(404)
            parent = self.site.issues.get(issue.parent_id)
            groups = [Group("Issue", [self._row(issue)])]
            if parent:
                groups.append(Group("Parent", [self._row(parent)]))
            below = self.site.children(issue)
            if below:
                groups.append(Group("Child issues", self._rows(below)))
            groups += notes_pages.groups(self.site, issue)
            title = f"{issue.key} {issue.fields['summary']}"
            return sheet(app, title, groups, str(issue.fields.get("description") or ""))

    def _list(self, app: Flask) -> Response:
        query = request.args.get("jql", "")
        try:
            found = evaluate.select(self.site, jql.parse(query), self.site.issues.values())
        except JiraError as error:
            return sheet(app, "Issues", [], " ".join(error.messages))
        return sheet(app, "Issues", [Group(query or "All issues", self._rows(found))])


def _points(value: object) -> str | None:
    if not isinstance(value, int | float):
        return None
    return f"{value:g} point{'' if value == 1 else 's'}"
