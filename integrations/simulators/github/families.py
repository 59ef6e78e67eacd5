"""Sub-issues over HTTP: listed, added, removed, within GitHub's bounds."""

from flask import Blueprint, Response

from integrations.simulators.github.admission import seen
from integrations.simulators.github.paging import paged
from integrations.simulators.github.state import GithubError, Item
from integrations.simulators.github.web import answer, payload, site

blueprint = Blueprint("families", __name__, url_prefix="/repos/<owner>/<name>/issues/<int:number>")
MOST, DEEPEST = 100, 8


@blueprint.get("/sub_issues")
def listed(owner: str, name: str, number: int) -> Response:
    """The sub-issues of an issue, as far as the caller may see them."""
    here, item = site(), _issue(owner, name, number)
    return paged([one for one in here.below(item) if seen(here.repo(one.repo))], here.shown_each)


@blueprint.post("/sub_issues")
def added(owner: str, name: str, number: int) -> Response:
    """One more, by its id; one that has a parent only with ``replace_parent``."""
    item, body, here = _issue(owner, name, number), payload(), site()
    child = here.by_id(body.get("sub_issue_id"))
    if child.parent is not None and not body.get("replace_parent"):
        raise _refused("Sub issue may only have one parent")
    if child.repo.split("/")[0].lower() != item.repo.split("/")[0].lower():
        raise _refused("Sub issue must belong to the same owner as the parent issue")
    if len(here.below(item)) >= MOST:
        raise _refused(f"Parent cannot have more than {MOST} sub-issues")
    line = _above(item)
    if child in line or len(line) + _below(child) > DEEPEST:
        raise _refused("Sub issue is above the parent, or the hierarchy is too deep")
    here.set_parent(child.repo, child.number, (item.repo, item.number))
    return answer(here.shown(item), 201)


@blueprint.delete("/sub_issue")
def removed(owner: str, name: str, number: int) -> Response:
    """One less."""
    item, here = _issue(owner, name, number), site()
    child = here.by_id(payload().get("sub_issue_id"))
    if child.parent != item.fields["id"]:
        raise GithubError(404, "Not Found")
    here.set_parent(child.repo, child.number, None)
    return answer(here.shown(item))


@blueprint.get("/parent")
def parent(owner: str, name: str, number: int) -> Response:
    """The issue this one is a sub-issue of."""
    item = _issue(owner, name, number)
    if item.parent is None:
        raise GithubError(404, "Not Found")
    return answer(site().shown(site().by_id(item.parent)))


def _issue(owner: str, name: str, number: int) -> Item:
    item = site().item(f"{owner}/{name}", number)
    if not site().has_sub_issues:
        raise GithubError(404, "Not Found")
    return item


def _above(item: Item) -> list[Item]:
    """An issue and all above it."""
    line = [item]
    while line[-1].parent is not None:
        line.append(site().by_id(line[-1].parent))
    return line


def _below(item: Item) -> int:
    """How many levels an issue and what is below it take."""
    return 1 + max((_below(child) for child in site().below(item)), default=0)


def _refused(message: str) -> GithubError:
    return GithubError(422, "Validation Failed", errors=[
        {"resource": "SubIssue", "code": "custom", "message": message}])  # fmt: skip
