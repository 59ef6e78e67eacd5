"""The values of GraphQL of the simulated GitHub: what of the site a caller may see of them."""

from collections.abc import Iterator
from typing import Any

from integrations.simulators.github import graph_parts, rights, sight
from integrations.simulators.github import graph_types as types
from integrations.simulators.github.board_state import Card, Project
from integrations.simulators.github.graph_types import Value, upper
from integrations.simulators.github.rights import Need
from integrations.simulators.github.shapes import Json, stamp
from integrations.simulators.github.site import GithubSite
from integrations.simulators.github.state import GithubError, Item
from integrations.simulators.github.tokens import Token

__all__ = ["Root", "upper"]
_PROJECTS = Need(("organization_projects",), scope="read:project")
_NO_SCOPE = (
    "Your token has not been granted the required scopes to execute this query. The 'project'"
    " field requires one of the following scopes: ['read:project']."
)


class Root:
    """What a query begins with, for one caller."""

    def __init__(self, here: GithubSite, token: Token) -> None:
        self._here, self._token = here, token
        self._errors: list[Json] = []
        self._asked = 0

    def value(self, errors: list[Json]) -> Value:
        """The root; ``errors`` takes what cannot be told."""
        self._errors = errors
        return Value("Query", {
            "nodes": self._nodes, "node": self._node, "__type": self._type,
            "viewer": Value("User", {"login": self._token.login}),
            "rateLimit": Value("RateLimit", {"cost": 1}), "repositoryOwner": self._owner,
            "repository": self._repository,
        })  # fmt: skip

    def _type(self, _: list[Any], name: str) -> Value | None:
        members = types.TIMELINES.get(name)
        if members is None:
            return None
        shown = [Value("__Type", {"name": each}) for each in members
                 if each not in self._here.lacks]  # fmt: skip
        return Value("__Type", {"name": name, "possibleTypes": shown})

    def _nodes(self, path: list[Any], ids: list[str]) -> list[Value | None]:
        self._asked = len(ids)
        return [self._node([*path, n], each) for n, each in enumerate(ids)]

    def _node(self, path: list[Any], id: str) -> Value | None:
        for repo in () if id in self._here.unresolved else self._here.repos.values():
            for item in repo.items.values():
                if item.fields["node_id"] == id and sight.sees(self._here, self._token, repo):
                    return self._issue(item)
        self._wrong(path, "NOT_FOUND", f"Could not resolve to a node with the global id of '{id}'")
        return None

    def _owner(self, _: list[Any], login: str) -> Value | None:
        kind = "User" if login.lower() in self._here.people else "Organization"

        def project(path: list[Any], number: int) -> Value | None:
            try:
                found = self._here.boards.find(login, number)
            except GithubError:
                said = f"Could not resolve to a ProjectV2 with the number {number}."
                self._wrong(path, "NOT_FOUND", said)
                return None
            return self._project(path, found)

        fields = {"login": login, "projectV2": project}
        return Value(kind, fields, ("ProjectV2Owner", "RepositoryOwner"))

    def _repository(self, path: list[Any], owner: str, name: str) -> Value | None:
        try:
            repo = self._here.repo(f"{owner}/{name}")
        except GithubError:
            repo = None
        if repo is None or not sight.sees(self._here, self._token, repo):
            said = f"Could not resolve to a Repository with the name '{owner}/{name}'."
            self._wrong(path, "NOT_FOUND", said)
            return None
        number = sum(not item.is_pull for item in repo.items.values())
        issues = Value("IssueConnection", {"totalCount": number})
        told = {"nameWithOwner": repo.name, "issues": issues, **graph_parts.parts(repo)}
        return Value("Repository", told)

    def _issue(self, item: Item) -> Value:
        fields = item.fields
        return Value("PullRequest" if item.is_pull else "Issue", {
            "id": fields["node_id"], "number": item.number, "updatedAt": fields["updated_at"],
            "repository": Value("Repository", {"nameWithOwner": item.repo}),
            "timelineItems": lambda path, **asked: self._timeline(item, path, **asked),
            "projectItems": lambda path, **asked: self._cards(item, path, **asked),
        }, ("Node",))  # fmt: skip

    def _timeline(self, item: Item, path: list[Any], **asked: Any) -> Value:
        repo, wanted = self._here.repo(item.repo), set(asked["itemTypes"])
        kinds = [(types.timeline_type(event), event) for of, event in repo.events
                 if of == item.number]  # fmt: skip
        found = [self._event(item, kind, event, path) for kind, event in kinds
                 if kind and upper(kind) in wanted]  # fmt: skip
        if self._asked > self._here.timelines_at_once:
            found = []  # as GitHub does when it is asked for too many
        return types.connection("TimelineItems", found, first=min(asked["first"], 100),
                                after=asked.get("after"))  # fmt: skip

    def _event(self, item: Item, kind: str, event: Json, path: list[Any]) -> Value:
        more = self._here.details.get(event["id"], {})
        told = {"createdAt": event["created_at"], "id": event["node_id"]}
        return Value(kind, told | dict(self._told(item, kind, event | more, path)))

    def _told(
        self, item: Item, kind: str, event: Json, path: list[Any]
    ) -> Iterator[tuple[str, Any]]:
        if "label" in event:
            labels = self._here.repo(item.repo).labels
            yield "label", types.labelled(event, labels)
        if "milestone" in event:
            yield "milestoneTitle", event["milestone"]["title"]
        if kind in ("ClosedEvent", "ReopenedEvent"):
            yield "stateReason", types.reason(event.get("state_reason"))
        if kind.startswith("IssueType"):
            now = event.get("issue_type") or event.get("prev_issue_type")
            yield "issueType", Value("IssueType", {"name": now["name"]}) if now else None
            then = event.get("prev_issue_type")
            yield "prevIssueType", Value("IssueType", {"name": then["name"]}) if then else None
        if kind.startswith("ParentIssue"):
            yield "parent", self._reference(event["parent_issue"])
        if kind.startswith("IssueField"):
            yield "issueField", Value("IssueFieldNumber", {"name": event["field"]},
                                      ("IssueFieldCommon",))  # fmt: skip
        if kind == "TransferredEvent":
            yield "fromRepository", Value("Repository", {"nameWithOwner": event["from"]})
        if "project" in event:
            yield "project", self._visible(event["project"], path)
        yield from ((name, event[name]) for name in ("previousStatus", "status", "value",
                    "previousValue", "newValue") if name in event)  # fmt: skip

    def _reference(self, told: Json) -> Value:
        repo = Value("Repository", {"nameWithOwner": told["repository"]["full_name"]})
        return Value("Issue", {"number": told["number"], "repository": repo})

    def _visible(self, node: str, path: list[Any]) -> Value | None:
        known = self._here.boards.projects.values()
        found = next((each for each in known if each.about["node_id"] == node), None)
        return self._project([*path, "project"], found) if found else None

    def _project(self, path: list[Any], found: Project) -> Value | None:
        if self._token.kind == "classic":
            if not rights.in_scopes(self._token, "read:project"):
                self._wrong(path, "INSUFFICIENT_SCOPES", _NO_SCOPE)
                return None
        elif not _PROJECTS.met(self._token):
            self._wrong(path, "FORBIDDEN", "Resource not accessible by personal access token")
            return None
        kind = "User" if found.owner.lower() in self._here.people else "Organization"
        fields = [_field(name, each) for name, each in found.fields.items()]
        return Value("ProjectV2", {
            "id": found.about["node_id"], "number": found.about["number"],
            "owner": Value(kind, {"login": found.owner}),
            "fields": lambda _, first: types.connection("Fields", fields, first=first, after=None),
        })  # fmt: skip

    def _cards(self, item: Item, path: list[Any], **asked: Any) -> Value:
        archived = asked.get("includeArchived", True)
        known = [(project, project.card(item)) for project in self._here.boards.projects.values()]
        found = [self._card(project, card, path) for project, card in known
                 if card and (archived or not card.archived)]  # fmt: skip
        return types.connection("ProjectV2Items", found, first=asked["first"], after=None)

    def _card(self, project: Project, card: Card, path: list[Any]) -> Value:
        def value(_: list[Any], name: str) -> Value | None:
            held = card.values.get(name)
            if held is None:
                return None
            kind = project.fields[name]["data_type"]
            if kind == "number":
                return Value("ProjectV2ItemFieldNumberValue", {"number": held})
            named = "SingleSelect" if kind == "single_select" else "Text"
            return Value(f"ProjectV2ItemField{named}Value", {"name": held})

        return Value("ProjectV2Item", {
            "createdAt": stamp(card.created), "isArchived": card.archived is not None,
            "project": self._project([*path, "project"], project), "fieldValueByName": value,
        })  # fmt: skip

    def _wrong(self, path: list[Any], kind: str, said: str) -> None:
        self._errors.append({"type": kind, "path": path, "message": said})


def _field(name: str, field: Json) -> Value:
    if field["data_type"] != "single_select":
        return Value("ProjectV2Field", {"name": name})
    options = [Value("Option", {"name": each["name"]["raw"]}) for each in field["options"]]
    return Value("ProjectV2SingleSelectField", {"name": name, "options": options})
