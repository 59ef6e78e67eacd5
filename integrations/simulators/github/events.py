"""The bodies of GitHub's webhooks."""

from typing import Any

from integrations.simulators.github import posting, shapes
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.state import Item, Repo, State


def item(state: State, item: Item, action: str, **more: Any) -> None:
    """Tell of an issue, or of a pull request under its own event."""
    if not posting.heard(state):
        return
    repo = state.repo(item.repo)
    if item.is_pull:
        body: Json = {"action": action, "number": item.number, "pull_request": pull(state, item)}
        posting.of_repository(state, repo, "pull_request", body | more)
    else:
        posting.of_repository(
            state, repo, "issues", {"action": action, "issue": state.shown(item), **more}
        )


def milestoned(state: State, about: Item, action: str, number: int) -> None:
    """Tell that an item got or lost a milestone."""
    if posting.heard(state):
        shown = state.repo(about.repo).shown_milestone(number)
        item(state, about, action, milestone=shown)


def family(state: State, parent: Item, child: Item, action: str) -> None:
    """Tell both repositories that an issue got or lost a parent, each of its own side."""
    if not posting.heard(state):
        return
    repo, other = state.repo(parent.repo), state.repo(child.repo)
    body: Json = {
        "parent_issue": state.shown(parent), "sub_issue": state.shown(child),
        "parent_issue_id": parent.fields["id"], "sub_issue_id": child.fields["id"],
    }  # fmt: skip
    for where, kind, side in (
        (repo, "sub_issue", {"sub_issue_repo": other.about}),
        (other, "parent_issue", {"parent_issue_repo": repo.about}),
    ):
        told = {"action": f"{kind}_{action}", **body, **side}
        posting.of_repository(state, where, "sub_issues", told)


def milestone(state: State, repo: Repo, number: int, action: str, **more: Any) -> None:
    """Tell of a milestone."""
    body = {"action": action, "milestone": repo.shown_milestone(number), **more}
    posting.of_repository(state, repo, "milestone", body)


def milestone_gone(state: State, repo: Repo, shown: Json) -> None:
    """Tell of a deleted milestone."""
    posting.of_repository(state, repo, "milestone", {"action": "deleted", "milestone": shown})


def label(state: State, repo: Repo, shown: Json, action: str, **more: Any) -> None:
    """Tell of a label."""
    posting.of_repository(state, repo, "label", {"action": action, "label": shown, **more})


def release(state: State, repo: Repo, shown: Json, action: str) -> None:
    """Tell of a release."""
    posting.of_repository(state, repo, "release", {"action": action, "release": shown})


def repository(state: State, repo: Repo, action: str, **more: Any) -> None:
    """Tell of a repository."""
    posting.of_repository(state, repo, "repository", {"action": action, **more})


def comment(state: State, about: Item, shown: Json, action: str, **more: Any) -> None:
    """Tell of a comment on an issue or a pull request."""
    if posting.heard(state):
        body = {"action": action, "issue": state.shown(about), "comment": shown, **more}
        posting.of_repository(state, state.repo(about.repo), "issue_comment", body)


def pull(state: State, item: Item) -> Json:
    """A pull request as ``/pulls/<n>`` and its webhooks show it."""
    issue, repo = state.shown(item), state.repo(item.repo)
    part = issue["pull_request"]
    kept = ("number", "state", "locked", "title", "user", "body", "created_at", "updated_at",
            "closed_at", "assignee", "assignees", "labels", "milestone", "draft", "comments",
            "author_association", "active_lock_reason", "html_url", "comments_url")  # fmt: skip
    here = part["url"]
    side = {"label": f"{repo.about['owner']['login']}:main", "ref": "main",
            "sha": shapes.head(repo.about["id"]), "user": repo.about["owner"],
            "repo": repo.about}  # fmt: skip
    head = side | {"label": f"{repo.about['owner']['login']}:change-{item.number}",
                   "ref": f"change-{item.number}", "sha": shapes.head(issue["id"])}  # fmt: skip
    stands = f"{shapes.API}/repos/{repo.name}/statuses/{head['sha']}"
    links = {"self": here, "html": part["html_url"], "issue": issue["url"],
             "comments": issue["comments_url"], "review_comments": f"{here}/comments",
             "review_comment": f"{shapes.API}/repos/{repo.name}/pulls/comments{{/number}}",
             "commits": f"{here}/commits",
             "statuses": stands}  # fmt: skip
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
        "requested_reviewers": [], "requested_teams": [], "head": head, "base": side,
        "_links": {name: {"href": href} for name, href in links.items()},
    }  # fmt: skip
