"""The bodies of GitHub's webhooks and the headers they travel with."""

import json
from collections.abc import Mapping
from typing import Any

from integrations.simulators.github import shapes
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.state import Item, Repo, State
from integrations.simulators.hooks import Delivery


def headers(delivery: Delivery) -> Mapping[str, str]:
    """GitHub's headers; the delivery's GUID stays the same when it is sent again."""
    fields = {
        "User-Agent": "GitHub-Hookshot/simulated", "X-GitHub-Event": delivery.event,
        "X-GitHub-Delivery": delivery.identifier, "X-GitHub-Hook-ID": str(delivery.hook.id),
        "X-GitHub-Hook-Installation-Target-Type": "repository", "Accept": "*/*",
    }  # fmt: skip
    if delivery.signature:
        fields["X-Hub-Signature-256"] = delivery.signature
    return fields


def item(state: State, item: Item, action: str, **more: Any) -> None:
    """Tell of an issue, or of a pull request under its own event."""
    if state.postman.quiet or not state.postman.hooks:
        return
    repo = state.repo(item.repo)
    if item.is_pull:
        body: Json = {"action": action, "number": item.number, "pull_request": pull(state, item)}
        _post(state, repo, "pull_request", body | more)
    else:
        _post(state, repo, "issues", {"action": action, "issue": state.shown(item), **more})


def milestoned(state: State, about: Item, action: str, number: int) -> None:
    """Tell that an item got or lost a milestone."""
    if state.postman.hooks and not state.postman.quiet:
        shown = state.repo(about.repo).shown_milestone(number)
        item(state, about, action, milestone=shown)


def family(state: State, parent: Item, child: Item, action: str) -> None:
    """Tell the parent's repository that it got or lost a sub-issue."""
    if state.postman.hooks and not state.postman.quiet:
        repo, other = state.repo(parent.repo), state.repo(child.repo)
        body: Json = {
            "action": action, "parent_issue": state.shown(parent), "sub_issue": state.shown(child),
            "parent_issue_id": parent.fields["id"], "sub_issue_id": child.fields["id"],
            "sub_issue_repo": other.about,
        }  # fmt: skip
        _post(state, repo, "sub_issues", body)


def milestone(state: State, repo: Repo, number: int, action: str) -> None:
    """Tell of a milestone."""
    body = {"action": action, "milestone": repo.shown_milestone(number)}
    _post(state, repo, "milestone", body)


def milestone_gone(state: State, repo: Repo, shown: Json) -> None:
    """Tell of a deleted milestone."""
    _post(state, repo, "milestone", {"action": "deleted", "milestone": shown})


def pull(state: State, item: Item) -> Json:
    """A pull request as ``/pulls/<n>`` and its webhooks show it."""
    issue, repo = state.shown(item), state.repo(item.repo)
    part = issue["pull_request"]
    kept = ("number", "state", "locked", "title", "user", "body", "created_at", "updated_at",
            "closed_at", "assignee", "assignees", "labels", "milestone", "draft", "comments",
            "author_association", "active_lock_reason", "html_url", "comments_url")  # fmt: skip
    here = part["url"]
    side = {"label": f"{repo.about['owner']['login']}:main", "ref": "main", "sha": "0" * 40,
            "user": repo.about["owner"], "repo": repo.about}  # fmt: skip
    links = {"self": here, "html": part["html_url"], "issue": issue["url"],
             "comments": issue["comments_url"], "review_comments": f"{here}/comments",
             "review_comment": f"{shapes.API}/repos/{repo.name}/pulls/comments{{/number}}",
             "commits": f"{here}/commits",
             "statuses": f"{shapes.API}/repos/{repo.name}/statuses/{'0' * 40}"}  # fmt: skip
    counts = dict.fromkeys(
        ("review_comments", "commits", "additions", "deletions", "changed_files"), 0)  # fmt: skip
    return {name: issue.get(name) for name in kept} | counts | {
        "id": issue["id"] + 1_000_000_000, "node_id": f"PR_{issue['id']}", "url": here,
        "diff_url": part["diff_url"], "patch_url": part["patch_url"], "issue_url": issue["url"],
        "commits_url": links["commits"], "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"], "statuses_url": links["statuses"],
        "merged": part["merged_at"] is not None, "merged_at": part["merged_at"], "merged_by": None,
        "merge_commit_sha": None, "mergeable": None, "mergeable_state": "unknown",
        "rebaseable": None, "auto_merge": None, "maintainer_can_modify": False,
        "requested_reviewers": [], "requested_teams": [], "head": side, "base": side,
        "_links": {name: {"href": href} for name, href in links.items()},
    }  # fmt: skip


def _post(state: State, repo: Repo, event: str, body: Json) -> None:
    if state.postman.quiet or not state.postman.hooks:
        return
    owner = repo.about["owner"]["login"]
    whole = body | {
        "repository": repo.about, "sender": shapes.user("simulated"),
        "organization": {"login": owner, "id": 9000, "url": f"{shapes.API}/orgs/{owner}"},
    }  # fmt: skip
    text = json.dumps(whole, ensure_ascii=False)
    text = text.replace(shapes.API, f"{state.url}/api/v3").replace(shapes.WEB, state.url)
    state.postman.post(event, text, repo=repo.name)
