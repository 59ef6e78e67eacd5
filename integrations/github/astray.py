"""Why a page of GitHub shows no scope, and what can be one: pure."""

from connector.errors import Refused
from integrations.github import views
from integrations.github.locate import PROJECT, apart, inside

_LISTS = (
    "A list of issues is a scope only where its search names one label, or one milestone of all"
    " repositories of an owner, and nothing else"
)
_INSTEAD = "link a milestone, a label, an issue with its sub-issues, or a project with a filter"
_PULLS = (
    "A list of pull requests is no scope: link the repository, a milestone or a label and have"
    " pull requests counted (pull_requests: only)"
)


def astray(browse: str, url: str) -> str | None:
    """A sentence on a page of this GitHub that is no scope; None for a page of another site."""
    try:
        found = inside(browse, url)
    except (Refused, ValueError):
        return None
    if found is None:
        return None
    path, asked = found
    words = asked.get("q", "")
    if path.endswith("/pulls") or "is:pr" in words.split() or "type:pr" in words.split():
        return f"{_PULLS}."
    if board := PROJECT.fullmatch(path):
        return _of_view(f"{board[2]}/{board[3]}", asked.get("filterQuery", ""))
    if words:
        return _of_list(words)
    return f"This page of GitHub is no scope: {_INSTEAD}, or a whole repository, by its address."


def _of_view(place: str, words: str) -> str:
    try:
        views.ours(words)
        why = "its filter cannot be read"
    except Refused as refused:
        why = str(refused).rstrip(".")
    return (
        f"This view of project {place} is no scope: {why}. A filter can ask for the project's"
        " fields, its repositories and milestones; narrow by labels and types in the link, or link"
        f" the whole project: github:project:{place}."
    )


def _of_list(words: str) -> str:
    single, wrong = apart(words)
    if wrong:
        return f"{_LISTS}; {', '.join(wrong)} cannot be part of one: {_INSTEAD} instead."
    named = ", ".join(f"{name}:{value}" for name, value in single.items())
    return f"{_LISTS}; {named} is another search: {_INSTEAD} instead."
