"""Answering a parsed JQL query from a site's issues, refusing what Jira would refuse."""

from collections.abc import Callable, Iterable
from typing import Any

from integrations.simulators.jira import dates, words
from integrations.simulators.jira.jql import Both, Clause, Not, Query, Tree, Value, parse
from integrations.simulators.jira.state import Issue, JiraError, State
from integrations.simulators.jira.words import Json

Test = Callable[[Issue], bool]
ALIASES = {
    "type": "issuetype", "issuetype": "issuetype", "issue": "issuekey", "key": "issuekey",
    "id": "issuekey", "issuekey": "issuekey", "fixversion": "fixVersions",
    "affectedversion": "versions", "component": "components", "sprint": words.SPRINT,
    "due": "duedate", "resolved": "resolutiondate", "created": "created", "createddate": "created",
    "updated": "updated", "updateddate": "updated", "text": "summary",
}  # fmt: skip
CATEGORY_NAMES = {"to do": "new", "in progress": "indeterminate", "done": "done",
                  "no category": "undefined"}  # fmt: skip
DATES = ("created", "updated", "resolutiondate", "duedate", "statuscategorychangedate")
CLOSED_LISTS = ("project", "status", "issuetype", "resolution", "priority", "fixVersions",
                "components", words.SPRINT, "issuekey", *words.LINKS)  # fmt: skip


def narrowed(state: State, tree: Tree | None) -> list[Issue] | None:
    """The issues a query can find at all, by the indexes; None when it could be any."""
    if isinstance(tree, Both):
        parts = [narrowed(state, part) for part in tree.parts]
        known = [part for part in parts if part is not None]
        if tree.word == "and":
            return min(known, key=len, default=None)
        if len(known) < len(parts):
            return None
        return list({issue.id: issue for part in known for issue in part}.values())
    if not isinstance(tree, Clause) or tree.operator not in ("=", "in"):
        return None
    return _looked_up(state, tree)


def _looked_up(state: State, clause: Clause) -> list[Issue] | None:
    field = clause.field.lower()
    words = [value.text for value in clause.values]
    if any(value.empty or value.call is not None for value in clause.values):
        return None
    if field == "project":
        homes = {key for key, one in state.projects.items() for word in words
                 if word.lower() in _words(one)}  # fmt: skip
        return [issue for key in homes for issue in state.at_home(key)]
    idents = {state.keys.get(word.upper(), word) for word in words}
    named = [state.issues[ident] for ident in idents if ident in state.issues]
    if len(named) < len(idents):
        return None
    if ALIASES.get(field) == "issuekey":
        return named
    if field == "parent":
        return [child for issue in named for child in state.children(issue)]
    return None


def timeless(tree: Tree | None) -> bool:
    """Whether a query finds the same until something changes: it asks nothing of the clock."""
    if isinstance(tree, Both):
        return all(timeless(part) for part in tree.parts)
    if isinstance(tree, Not):
        return timeless(tree.part)
    values = tree.values if tree else ()
    return not any(
        value.call is not None or dates.RELATIVE.fullmatch(value.text) for value in values
    )


def select(state: State, query: Query, issues: Iterable[Issue]) -> list[Issue]:
    """The issues that match, in the order asked for (else newest first)."""
    test = _test(state, query.tree) if query.tree else (lambda _: True)
    found = sorted(
        (issue for issue in issues if test(issue)), key=lambda i: int(i.id), reverse=True
    )
    for name, down in reversed(query.order):
        field = field_id(state, name)
        found.sort(key=lambda issue, field=field: _order(issue, field), reverse=down)  # type: ignore[misc]
    return found


def field_id(state: State, name: str) -> str:
    """The field a clause names: system name, custom field's name, ``cf[n]`` or id; 400 if none."""
    lower = name.lower()
    if lower in ALIASES:
        return ALIASES[lower]
    for about in state.fields.values():
        if lower in (about["id"].lower(), *(clause.lower() for clause in about["clauseNames"])):
            return str(about["id"])
    raise JiraError(400, f"Field '{name}' does not exist or you do not have permission to view it.")


def _test(state: State, tree: Tree) -> Test:
    if isinstance(tree, Not):
        part = _test(state, tree.part)
        return lambda issue: not part(issue)
    if isinstance(tree, Both):
        parts = [_test(state, part) for part in tree.parts]
        combine = all if tree.word == "and" else any
        return lambda issue: combine(part(issue) for part in parts)
    return _clause(state, tree)


def _saved(state: State, clause: Clause) -> Test:
    """The query of a saved filter, by its number or name."""
    wanted = clause.values[0].text
    for number, about in state.filters.items():
        if wanted in (str(number), about["name"]):
            tree = parse(about["jql"]).tree
            return _test(state, tree) if tree else (lambda _: True)
    raise _unknown(clause.field, wanted)


def _clause(state: State, clause: Clause) -> Test:
    if clause.field.lower() in ("filter", "savedfilter"):
        return _saved(state, clause)
    field = field_id(state, clause.field)
    operator = clause.operator
    if operator in ("is", "is not"):
        if not clause.values[0].empty:
            raise JiraError(400, f"The operator '{operator}' only supports EMPTY and NULL.")
        return lambda issue: (not words_of(state, issue, field)) == (operator == "is")
    if field in DATES and operator not in ("in", "not in"):
        return dates.compare(state, field, operator, clause.values[0])
    if operator in ("~", "!~"):
        wanted = clause.values[0].text.lower().strip("*")
        return lambda issue: (
            (wanted in str(issue.fields.get(field) or "").lower()) == (operator == "~")
        )
    if operator in ("<", "<=", ">", ">="):
        return _numeric(clause, field)
    return _membership(state, clause, field)


def _membership(state: State, clause: Clause, field: str) -> Test:
    wanted: set[str] = set()
    empty = False
    for value in clause.values:
        if value.empty or (field == "resolution" and value.text.lower() == "unresolved"):
            empty = True
        else:
            wanted |= _wanted(state, clause, field, value)
    negative = clause.operator in ("!=", "not in")

    def test(issue: Issue) -> bool:
        has = words_of(state, issue, field)
        if negative:
            # As in Jira: what has no value at all matches neither = nor !=.
            return not (has & wanted) and bool(has)
        return bool(has & wanted) or (empty and not has)

    return test


def _wanted(state: State, clause: Clause, field: str, value: Value) -> set[str]:
    if value.call is not None:
        return _call(state, value)
    text = value.text.lower()
    if field == "statusCategory":
        text = CATEGORY_NAMES.get(text, text)
        if text not in words.CATEGORIES:
            raise _unknown(clause.field, value.text)
        return {text}
    if field in ("issuekey", *words.LINKS):
        return _issue_words(state, clause, value.text)
    if field in CLOSED_LISTS and text not in _known(state, field):
        raise _unknown(clause.field, value.text)
    return {text}


def _issue_words(state: State, clause: Clause, text: str) -> set[str]:
    ident = state.keys.get(text.upper(), text)
    if ident in state.issues and state.sees(state.issues[ident]):
        return {ident, state.issues[ident].key.lower()}
    recorded = {(one.fields.get("parent") or {}).get("key") for one in state.issues.values()}
    if text.upper() in recorded and ident not in state.issues:
        return {text.lower()}
    raise JiraError(400, f"An issue with key '{text}' does not exist for field '{clause.field}'.")


def _call(state: State, value: Value) -> set[str]:
    name = value.text.lower()
    wanted = {"opensprints": "active", "closedsprints": "closed", "futuresprints": "future"}
    if name in wanted:
        sprints = state.sprints.values()
        return {str(one["id"]) for one in sprints if one.get("state") == wanted[name]}
    if name == "currentuser":
        return {"simulated user"}
    raise JiraError(400, f"Unable to find JQL function '{value.text}()'.")


def _unknown(field: str, value: str) -> JiraError:
    return JiraError(400, f"The value '{value}' does not exist for the field '{field}'.")


def _known(state: State, field: str) -> set[str]:
    entries: list[Any] = {
        "project": [one for one in state.browsed().values() if not one.get("archived")],
        "status": list(state.statuses.values()),
        "issuetype": list(state.issue_types.values()),
        "resolution": list(state.resolutions.values()),
        "priority": list(state.priorities.values()),
        "fixVersions": _seen_parts(state, state.versions),
        "components": _seen_parts(state, state.components),
        words.SPRINT: list(state.sprints.values()),
    }[field]  # fmt: skip
    return {word for entry in entries for word in _words(entry)}


def _seen_parts(state: State, parts: dict[str, list[Json]]) -> list[Json]:
    return [one for project, known in parts.items() if state.permits(project) for one in known]


def _words(value: Any) -> set[str]:
    if isinstance(value, dict):
        names = ("id", "key", "name", "displayName", "accountId", "value")
        return {str(value[name]).lower() for name in names if value.get(name) not in (None, "")}
    if isinstance(value, list):
        return {word for one in value for word in _words(one)}
    return set() if value in (None, "") else {str(value).lower()}


def words_of(state: State, issue: Issue, field: str) -> set[str]:
    """The words by which an issue's field can be asked for; empty when it has no value."""
    if field == "issuekey":
        return {issue.id, issue.key.lower()}
    if field == "statusCategory":
        return {issue.fields["status"]["statusCategory"]["key"]}
    if field in words.LINKS:
        return _parent_words(state, issue, field)
    return _words(issue.fields.get(field))


def _parent_words(state: State, issue: Issue, field: str) -> set[str]:
    """Data Center's ``parent`` knows sub-tasks only; "Epic Link" what lies in epics, and "Parent
    Link" epics and what is above them."""
    knows = {
        "parent": state.cloud or issue.level < 0,
        words.EPIC_LINK: issue.level == 0,
        words.PARENT_LINK: issue.level > 0,
    }
    if not knows[field]:
        return set()
    parent = issue.fields.get("parent")
    current = state.issues.get(issue.parent_id)
    if parent and current:
        return {current.id, current.key.lower()}
    return _words({"id": parent["id"], "key": parent["key"]}) if parent else set()


def _numeric(clause: Clause, field: str) -> Test:
    try:
        limit = float(clause.values[0].text)
    except ValueError:
        raise _unknown(clause.field, clause.values[0].text) from None
    sign = dates.SIGNS[clause.operator]

    def test(issue: Issue) -> bool:
        value = issue.fields.get(field)
        return isinstance(value, int | float) and sign(value, limit)

    return test


def _order(issue: Issue, field: str) -> tuple[bool, Any]:
    if field == "issuekey":
        project, _, number = issue.key.rpartition("-")
        return True, (project, int(number))
    if field in ("created", "updated"):
        return True, issue.created if field == "created" else issue.updated
    value = issue.fields.get(field)
    if isinstance(value, dict):
        value = value.get("name") or value.get("key")
    if isinstance(value, list):
        value = " ".join(sorted(_words(value)))
    return value is not None, value if value is not None else ""
