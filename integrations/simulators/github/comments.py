"""Comments over HTTP."""

from flask import Blueprint, Response, g, request

from integrations.simulators.github import rights, sight
from integrations.simulators.github.paging import paged
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.state import Comment, GithubError
from integrations.simulators.github.web import answer, payload, site

blueprint = Blueprint("comments", __name__, url_prefix="/repos/<owner>/<name>/issues")
LONGEST = 65536


@blueprint.get("/<int:number>/comments")
def listed(owner: str, name: str, number: int) -> Response:
    """The comments of an item, oldest first, by ``since`` those changed since."""
    repo, since = site().repo(f"{owner}/{name}"), request.args.get("since", "")
    site().item(repo.name, number)
    return paged([each.shown() for each in site().comments.values()
                  if each.of(repo.name, number) and each.updated >= since])  # fmt: skip


@blueprint.get("/comments")
def all_of_them(owner: str, name: str) -> Response:
    """The comments of a repository."""
    repo, asked = site().repo(f"{owner}/{name}"), request.args
    found = [each for each in site().comments.values()
             if each.repo == repo.name and each.updated >= asked.get("since", "")]  # fmt: skip
    by = "updated" if asked.get("sort") == "updated" else "created"
    found.sort(key=lambda each: (getattr(each, by), each.id),
               reverse=asked.get("direction") == "desc")  # fmt: skip
    return paged([each.shown() for each in found])


@blueprint.post("/<int:number>/comments")
def made(owner: str, name: str, number: int) -> Response:
    """A new comment."""
    item = site().item(f"{owner}/{name}", number)
    if item.fields["locked"] and not _writes(item.repo):
        raise GithubError(403, "Unable to create comment because issue is locked.")
    ident = site().comment(item.repo, number, _body())
    return answer(site().comments[ident].shown(), 201)


@blueprint.get("/comments/<int:ident>")
def one(owner: str, name: str, ident: int) -> Response:
    """One comment."""
    return answer(_found(owner, name, ident).shown())


@blueprint.patch("/comments/<int:ident>")
def changed(owner: str, name: str, ident: int) -> Response:
    """Other words: one's own, or anybody's for who may write."""
    _own(_found(owner, name, ident))
    site().edit_comment(ident, _body())
    return answer(site().comments[ident].shown())


@blueprint.delete("/comments/<int:ident>")
def deleted(owner: str, name: str, ident: int) -> Response:
    """A comment less."""
    _own(_found(owner, name, ident))
    site().delete_comment(ident)
    return Response(status=204)


def _found(owner: str, name: str, ident: int) -> Comment:
    found = site().comments.get(ident)
    if found is None or found.repo != site().repo(f"{owner}/{name}").name:
        raise GithubError(404, "Not Found")
    return found


def _own(comment: Comment) -> None:
    mine = comment.user["login"] == site().actor["login"]
    if not mine and not _writes(comment.repo):
        raise GithubError(403, "Must have admin rights to Repository.")


def _writes(repo: str) -> bool:
    token = g.token
    if token.kind == "installation":
        return True
    return rights.enough(sight.role(site().repo(repo), token.login), "write")


def _body() -> str:
    body: Json = payload()
    text = body.get("body")
    if not isinstance(text, str) or not text.strip():
        raise GithubError(422, "Validation Failed", errors=[
            {"resource": "IssueComment", "code": "missing_field", "field": "body"}])  # fmt: skip
    if len(text) > LONGEST:
        raise GithubError(422, "Validation Failed", errors=[
            {"resource": "IssueComment", "code": "unprocessable", "field": "body",
             "message": f"body is too long (maximum is {LONGEST} characters)"}])  # fmt: skip
    return text
