"""Links between issues over HTTP, told of by both their ids; they update neither issue."""

from flask import Response

from integrations.simulators.jira import events
from integrations.simulators.jira.state import Issue, JiraError, State, named
from integrations.simulators.jira.web import api, payload, site
from integrations.simulators.jira.words import Json

blueprint = api("linking")
_SIDES = ("outwardIssue", "inwardIssue")
KINDS: dict[str, Json] = {
    str(kind["name"]): kind
    for kind in (
        {"id": 10000, "name": "Blocks", "inwardName": "is blocked by", "outwardName": "blocks",
         "isSubTaskLinkType": False, "isSystemLinkType": False},
        {"id": 10200, "name": "Epic-Story Link", "inwardName": "has Epic", "outwardName":
         "is Epic of", "isSubTaskLinkType": False, "isSystemLinkType": True},
    )
}  # fmt: skip


def link(state: State, ends: tuple[Issue, Issue], kind: Json) -> str:
    """Link the first issue to the second; returns the link's id."""
    with state.lock:
        state.next_change += 1
        number = str(state.next_change)
        shown = {"id": str(kind["id"]), "name": kind["name"], "inward": kind["inwardName"],
                 "outward": kind["outwardName"]}  # fmt: skip
        for issue, other, name in zip(ends, reversed(ends), _SIDES, strict=True):
            brief = {"id": other.id, "key": other.key}
            entry = {"id": number, "type": shown, name: brief}
            issue.fields["issuelinks"] = [*(issue.fields.get("issuelinks") or []), entry]
        events.issue_link(state, "created", kind, ends)
        return number


def unlink(state: State, number: str) -> None:
    """Take a link away; 404 where there is none."""
    with state.lock:
        held = [
            (issue, each)
            for issue in state.issues.values()
            for each in issue.fields.get("issuelinks") or []
            if each["id"] == number
        ]
        if len(held) != 2:
            raise JiraError(404, f"No issue link with id '{number}' exists.")
        for issue, entry in held:
            issue.fields["issuelinks"] = [
                each for each in issue.fields["issuelinks"] if each is not entry
            ]
        held.sort(key=lambda pair: _SIDES[0] not in pair[1])
        kind = KINDS[held[0][1]["type"]["name"]]
        events.issue_link(state, "deleted", kind, (held[0][0], held[1][0]))


@blueprint.post("/issueLink")
def make() -> Response:
    """Link two issues."""
    here, body = site(), payload()
    kind = KINDS.get(named(body.get("type")))
    if kind is None:
        raise JiraError(404, "No issue link type with this name exists.")
    ends = tuple(here.find(_key(body, name)) for name in ("inwardIssue", "outwardIssue"))
    link(here, (ends[0], ends[1]), kind)
    return Response(status=201)


@blueprint.delete("/issueLink/<number>")
def take(number: str) -> Response:
    """Unlink them."""
    unlink(site(), number)
    return Response(status=204)


def _key(body: Json, name: str) -> str:
    end = body.get(name)
    if not isinstance(end, dict) or not (end.get("id") or end.get("key")):
        raise JiraError(400, **{name: "An issue is needed."})
    return str(end.get("id") or end["key"])
