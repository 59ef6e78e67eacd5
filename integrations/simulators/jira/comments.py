"""Comments on issues over HTTP: plain text in version 2, documents in version 3."""

from flask import Response, g, request

from integrations.simulators.jira import events
from integrations.simulators.jira.render import document
from integrations.simulators.jira.state import Issue, JiraError
from integrations.simulators.jira.values import plain_text, user
from integrations.simulators.jira.web import answer, api, number, payload, site
from integrations.simulators.jira.words import Json

blueprint = api("comments")
ME = "Simulated user"
MOST = 5000


@blueprint.get("/issue/<key>/comment")
def comments(key: str) -> Response:
    """A page of them, oldest first, or newest first with ``orderBy=-created``."""
    here = site()
    found = here.notes.said(here.find(key).id)
    if request.args.get("orderBy") == "-created":
        found = found[::-1]
    start = number(request.args.get("startAt"), 0)
    size = min(number(request.args.get("maxResults"), MOST), MOST)
    shown = [_shown(each) for each in found[start : start + size]]
    return answer({"startAt": start, "maxResults": size, "total": len(found), "comments": shown})


@blueprint.post("/issue/<key>/comment")
def add(key: str) -> Response:
    """A new comment, each time: nothing tells a second try from a second comment."""
    here = site()
    issue = here.find(key)
    _permitted("ADD_COMMENTS", "comment on this issue")
    text, now = _text(), here.stamp(here.clock())
    ident = str(next(here.notes.numbers))
    made: Json = {
        "self": f"/rest/api/2/issue/{issue.id}/comment/{ident}", "id": ident, "body": text,
        "author": user(here, ME), "updateAuthor": user(here, ME), "created": now, "updated": now,
    }  # fmt: skip
    with here.lock:
        here.notes.said(issue.id).append(made)
    _told("created", issue, made)
    return answer(_shown(made), 201)


@blueprint.get("/issue/<key>/comment/<ident>")
def read(key: str, ident: str) -> Response:
    """One comment."""
    return answer(_shown(_held(site().find(key), ident)))


@blueprint.put("/issue/<key>/comment/<ident>")
def edit(key: str, ident: str) -> Response:
    """Change the text of a comment."""
    here = site()
    issue = here.find(key)
    held = _held(issue, ident)
    _permitted("EDIT_OWN_COMMENTS", "edit this comment")
    held |= {"body": _text(), "updated": here.stamp(here.clock())}
    _told("updated", issue, held)
    return answer(_shown(held))


@blueprint.delete("/issue/<key>/comment/<ident>")
def take(key: str, ident: str) -> Response:
    """Take a comment away."""
    here = site()
    issue = here.find(key)
    held = _held(issue, ident)
    _permitted("DELETE_OWN_COMMENTS", "delete this comment")
    here.notes.said(issue.id).remove(held)
    _told("deleted", issue, held)
    return Response(status=204)


def _told(what: str, issue: Issue, comment: Json) -> None:
    """A comment counts as an update of its issue, and hooks hear of it."""
    here = site()
    issue.fields["updated"] = here.stamp(max(here.clock(), issue.created))
    here.changed(issue)
    events.comment(here, what, issue, comment)


def _text() -> str:
    body = payload().get("body")
    is_document = isinstance(body, dict) and body.get("type") == "doc"
    if not (isinstance(body, str) if g.version == 2 else is_document):
        raise JiraError(400, comment="Comment body is not valid!")
    text = plain_text(body).rstrip("\n")
    if not text.strip():
        raise JiraError(400, comment="Comment body can not be empty!")
    return text


def _held(issue: Issue, ident: str) -> Json:
    for each in site().notes.said(issue.id):
        if each["id"] == ident:
            return each
    raise JiraError(404, f"Can not find a comment for the id: {ident}.")


def _shown(comment: Json) -> Json:
    body = comment["body"] if g.version == 2 else document(comment["body"])
    return {**comment, "body": body, "jsdPublic": True} if site().cloud else {**comment}


def _permitted(permission: str, what: str) -> None:
    """Of comments Jira says so with 400, not with 403."""
    if permission in site().notes.denied:
        raise JiraError(400, f"You do not have the permission to {what}.")
