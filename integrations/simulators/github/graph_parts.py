"""Milestones, labels and issues of a repository, as GraphQL of the simulated GitHub shows them."""

from typing import Any

from integrations.simulators.github.graph_types import Value, connection
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.state import Item, Repo


def parts(repo: Repo) -> dict[str, Any]:
    """The fields of a repository that list them, by words of their names where asked."""

    def milestones(_: list[Any], first: int, **asked: Any) -> Value:
        found = [each for each in repo.milestones.values() if _named(each["title"], asked)]
        found.sort(key=lambda each: str(each["updated_at"]), reverse=True)
        shown = [_milestone(repo, each) for each in found]
        return connection("MilestoneConnection", shown, first=first, after=None)

    def labels(_: list[Any], first: int, **asked: Any) -> Value:
        shown = [_label(repo, name) for name in repo.labels if _named(name, asked)]
        return connection("LabelConnection", shown, first=first, after=None)

    def milestone(_: list[Any], number: int) -> Value | None:
        found = repo.milestones.get(number)
        return _milestone(repo, found) if found else None

    def issue(_: list[Any], number: int) -> Value | None:
        found = repo.items.get(number)
        if found is None or found.is_pull:
            return None
        fields = found.fields
        told = {"number": number, "title": fields["title"], "state": fields["state"].upper()}
        return Value("Issue", told, ("Node",))

    return {"milestones": milestones, "labels": labels, "milestone": milestone, "issue": issue}


def _named(name: str, asked: dict[str, Any]) -> bool:
    return str(asked.get("query") or "").lower() in name.lower()


def _milestone(repo: Repo, about: Json) -> Value:
    number = about["number"]
    within = [item for item in repo.items.values() if item.milestone == number]
    fields = {"number": number, "title": about["title"], "state": about["state"].upper()}
    return Value("Milestone", {**fields, "dueOn": about["due_on"], "issues": _counting(within)})


def _label(repo: Repo, name: str) -> Value:
    borne = [item for item in repo.items.values()
             if name in (each["name"] for each in item.fields["labels"])]  # fmt: skip
    return Value("Label", {"name": name, "issues": _counting(borne)})


def _counting(items: list[Item]) -> Any:
    def issues(_: list[Any], states: Any = ()) -> Value:
        wanted = {str(each).lower() for each in states}
        found = [item for item in items
                 if not item.is_pull and item.fields["state"] in wanted]  # fmt: skip
        return Value("IssueConnection", {"totalCount": len(found)})

    return issues
