"""GitHub's objects as JSON, written with its public addresses; these are replaced when served."""

from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]
API, WEB = "https://api.github.com", "https://github.com"

_USER_LINKS = ("followers", "subscriptions", "orgs", "repos", "received_events")
_REPO_LINKS = (
    "forks", "teams", "hooks", "events", "tags", "languages", "stargazers", "contributors",
    "subscribers", "subscription", "merges", "downloads", "deployments",
)  # fmt: skip
_REPO_TEMPLATES = {
    "keys_url": "/keys{/key_id}", "collaborators_url": "/collaborators{/collaborator}",
    "issue_events_url": "/issues/events{/number}", "assignees_url": "/assignees{/user}",
    "branches_url": "/branches{/branch}", "blobs_url": "/git/blobs{/sha}",
    "git_tags_url": "/git/tags{/sha}", "git_refs_url": "/git/refs{/sha}",
    "trees_url": "/git/trees{/sha}", "statuses_url": "/statuses/{sha}",
    "commits_url": "/commits{/sha}", "git_commits_url": "/git/commits{/sha}",
    "comments_url": "/comments{/number}", "issue_comment_url": "/issues/comments{/number}",
    "contents_url": "/contents/{+path}", "compare_url": "/compare/{base}...{head}",
    "archive_url": "/{archive_format}{/ref}", "issues_url": "/issues{/number}",
    "pulls_url": "/pulls{/number}", "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "labels_url": "/labels{/name}", "releases_url": "/releases{/id}",
}  # fmt: skip


def stamp(at: datetime) -> str:
    """A moment as GitHub writes it: whole seconds, UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def user(login: str, number: int = 1) -> Json:
    """A user."""
    here = f"{API}/users/{login}"
    links = {
        f"{name.replace('orgs', 'organizations')}_url": f"{here}/{name}" for name in _USER_LINKS
    }
    return {
        "login": login, "id": number, "node_id": f"U_{number}", "gravatar_id": "", "url": here,
        "avatar_url": f"{WEB}/{login}.png", "html_url": f"{WEB}/{login}", **links,
        "following_url": f"{here}/following{{/other_user}}",
        "gists_url": f"{here}/gists{{/gist_id}}",
        "starred_url": f"{here}/starred{{/owner}}{{/repo}}",
        "events_url": f"{here}/events{{/privacy}}",
        "type": "User", "site_admin": False,
    }  # fmt: skip


def repository(name: str, number: int, at: datetime) -> Json:
    """A repository, named ``owner/name``."""
    owner, _, short = name.partition("/")
    here, moment = f"{API}/repos/{name}", stamp(at)
    links = {f"{link}_url": f"{here}/{link}" for link in _REPO_LINKS}
    templates = {key: here + rest for key, rest in _REPO_TEMPLATES.items()}
    counts = dict.fromkeys(
        ("forks_count", "stargazers_count", "watchers_count", "size", "forks", "watchers",
         "open_issues", "open_issues_count", "network_count", "subscribers_count"), 0)  # fmt: skip
    features = dict.fromkeys(("has_issues", "has_projects", "has_wiki", "has_downloads"), True)
    off = dict.fromkeys(("private", "fork", "archived", "disabled", "has_pages", "is_template",
                         "has_discussions", "web_commit_signoff_required"), False)  # fmt: skip
    return {
        "id": number, "node_id": f"R_{number}", "name": short, "full_name": name,
        "owner": user(owner, 9000) | {"type": "Organization"}, "html_url": f"{WEB}/{name}",
        "description": None, "url": here, **links, **templates, **counts, **features, **off,
        "git_url": f"git://github.com/{name}.git", "ssh_url": f"git@github.com:{name}.git",
        "clone_url": f"{WEB}/{name}.git", "svn_url": f"{WEB}/{name}", "mirror_url": None,
        "homepage": None, "language": None, "license": None, "topics": [], "visibility": "public",
        "default_branch": "main", "pushed_at": moment, "created_at": moment, "updated_at": moment,
        "allow_forking": True,
    }  # fmt: skip


def label(repo: str, name: str, number: int) -> Json:
    """A label."""
    return {
        "id": number, "node_id": f"LA_{number}", "url": f"{API}/repos/{repo}/labels/{name}",
        "name": name, "color": f"{abs(hash_of(name)) % 0xFFFFFF:06x}", "default": False,
        "description": None, "archived_at": None, "archived_by": None,
    }  # fmt: skip


def hash_of(text: str) -> int:
    """A number from a text, the same in every run."""
    return sum(ord(sign) * 131**place for place, sign in enumerate(text[:8]))


def milestone(repo: str, number: int, id: int, title: str, at: datetime) -> Json:
    """A milestone without its counters."""
    here = f"{API}/repos/{repo}/milestones/{number}"
    return {
        "url": here, "html_url": f"{WEB}/{repo}/milestone/{number}", "labels_url": f"{here}/labels",
        "id": id, "node_id": f"MI_{id}", "number": number, "title": title, "description": None,
        "creator": user("simulated"), "state": "open", "created_at": stamp(at),
        "updated_at": stamp(at), "due_on": None, "closed_at": None,
    }  # fmt: skip


def issue(repo: str, number: int, id: int, title: str, at: datetime) -> Json:
    """An open issue without its milestone."""
    here = f"{API}/repos/{repo}/issues/{number}"
    reactions = dict.fromkeys(
        ("total_count", "+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"), 0
    )
    return {
        "url": here, "repository_url": f"{API}/repos/{repo}",
        "labels_url": f"{here}/labels{{/name}}",
        "comments_url": f"{here}/comments", "events_url": f"{here}/events",
        "html_url": f"{WEB}/{repo}/issues/{number}", "id": id, "node_id": f"I_{id}",
        "number": number, "title": title, "user": user("simulated"), "labels": [],
        "state": "open", "locked": False, "assignee": None, "assignees": [], "milestone": None,
        "comments": 0, "created_at": stamp(at), "updated_at": stamp(at), "closed_at": None,
        "author_association": "MEMBER", "type": None, "active_lock_reason": None, "body": None,
        "closed_by": None, "performed_via_github_app": None, "state_reason": None,
        "timeline_url": f"{here}/timeline",
        "reactions": {"url": f"{here}/reactions", **reactions},
    }  # fmt: skip


def pull_part(repo: str, number: int) -> Json:
    """What an issue that is a pull request carries more."""
    page = f"{WEB}/{repo}/pull/{number}"
    return {
        "html_url": page, "draft": False,
        "pull_request": {
            "url": f"{API}/repos/{repo}/pulls/{number}", "html_url": page,
            "diff_url": f"{page}.diff", "patch_url": f"{page}.patch", "merged_at": None,
        },
    }  # fmt: skip


def event(repo: str, id: int, name: str, at: datetime, more: Json) -> Json:
    """One entry of an issue's history."""
    return {
        "id": id, "node_id": f"E_{id}", "url": f"{API}/repos/{repo}/issues/events/{id}",
        "actor": user("simulated"), "event": name, "commit_id": None, "commit_url": None,
        "created_at": stamp(at), "performed_via_github_app": None, **more,
    }  # fmt: skip


def issue_type(number: int, name: str) -> Json:
    """A type of issues."""
    at = "2020-01-01T00:00:00Z"
    return {
        "id": number, "node_id": f"IT_{number}", "name": name, "description": None,
        "color": "gray", "created_at": at, "updated_at": at, "is_enabled": True,
    }  # fmt: skip


def number_value(number: int, name: str, value: float) -> Json:
    """What an issue has in one of its number fields."""
    return {
        "issue_field_id": number, "issue_field_name": name, "node_id": f"IFV_{number}",
        "data_type": "number", "value": value,
    }  # fmt: skip


def project(owner: str, number: int, id: int, title: str, at: datetime) -> Json:
    """A project (Projects v2)."""
    return {
        "id": id, "node_id": f"PVT_{id}", "owner": user(owner, 9000), "creator": user("simulated"),
        "title": title, "description": None, "public": False, "closed_at": None,
        "created_at": stamp(at), "updated_at": stamp(at), "number": number, "state": "open",
        "short_description": None, "deleted_at": None, "deleted_by": None, "is_template": False,
    }  # fmt: skip


def project_field(project: str, id: int, name: str, kind: str, at: datetime) -> Json:
    """One field of a project; ``kind`` is its data type."""
    return {
        "id": id, "node_id": f"PVTF_{id}", "project_url": project, "name": name,
        "data_type": kind or "text", "created_at": stamp(at), "updated_at": stamp(at),
    }  # fmt: skip
