"""GitHub's objects as JSON, written with its public addresses; these are replaced when served."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

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


def account(login: str = "simulated") -> Json:
    """A user, or the bot of an app, with an id that follows from its login."""
    number = 1 if login == "simulated" else 100 + crc32(login.lower().encode()) % 90_000_000
    bot = {"type": "Bot"} if login.endswith("[bot]") else {}
    return user(login, number) | bot


PROFILE: Json = {
    "name": "Simulated user", "company": None, "blog": "", "location": None, "email": None,
    "hireable": None, "bio": None, "public_repos": 0, "public_gists": 0, "followers": 0,
    "following": 0, "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z",
}  # fmt: skip


def brief_organization(login: str) -> Json:
    """An organization as lists and webhooks show it."""
    here, about = f"{API}/orgs/{login}", organization(login)
    links = {f"{name}_url": f"{here}/{name}" for name in ("repos", "events", "hooks", "issues")}
    return {
        "login": login, "id": about["id"], "node_id": about["node_id"], "url": here, **links,
        "members_url": f"{here}/members{{/member}}", "avatar_url": about["avatar_url"],
        "public_members_url": f"{here}/public_members{{/member}}", "description": None,
    }  # fmt: skip


def whole_organization(login: str) -> Json:
    """An organization by itself."""
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    return brief_organization(login) | counts | {
        "name": login, "html_url": f"{WEB}/{login}", "type": "Organization",
        "has_organization_projects": True, "has_repository_projects": True, "archived_at": None,
        "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z",
    }  # fmt: skip


def organization(login: str) -> Json:
    """An organization as the owner of something."""
    return user(login, 100_000_000 + crc32(login.lower().encode()) % 90_000_000) | {
        "type": "Organization"
    }


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
        "owner": organization(owner), "html_url": f"{WEB}/{name}",
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
        "reactions": reactions(here),
    }  # fmt: skip


def reactions(url: str) -> Json:
    """Nobody reacted."""
    kinds = ("total_count", "+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
    return {"url": f"{url}/reactions", **dict.fromkeys(kinds, 0)}


def comment(repo: str, number: int, id: int, about: Json) -> Json:
    """A comment; ``about`` is who wrote what, when, and through which app."""
    here = f"{API}/repos/{repo}/issues/comments/{id}"
    return {
        "url": here, "html_url": f"{WEB}/{repo}/issues/{number}#issuecomment-{id}",
        "issue_url": f"{API}/repos/{repo}/issues/{number}", "id": id, "node_id": f"IC_{id}",
        "reactions": reactions(here), **about,
    }  # fmt: skip


def release(repo: str, id: int, tag: str, about: Json) -> Json:
    """A release; ``about`` is what is special about it."""
    here = f"{API}/repos/{repo}/releases/{id}"
    return {
        "url": here, "html_url": f"{WEB}/{repo}/releases/tag/{tag}", "assets_url": f"{here}/assets",
        "upload_url": f"{here}/assets{{?name,label}}", "id": id, "node_id": f"RE_{id}",
        "tarball_url": f"{API}/repos/{repo}/tarball/{tag}",
        "zipball_url": f"{API}/repos/{repo}/zipball/{tag}", "tag_name": tag,
        "target_commitish": "main", "name": tag, "body": None, "draft": False,
        "prerelease": False, "immutable": False, "author": account(), "assets": [], **about,
    }  # fmt: skip


def head(id: int) -> str:
    """The commit something stands at."""
    return f"{id:040x}"


def check_run(repo: str, id: int, sha: str, name: str) -> Json:
    """A check run that has just begun."""
    here = f"{API}/repos/{repo}/check-runs/{id}"
    return {
        "id": id, "head_sha": sha, "node_id": f"CR_{id}", "external_id": "", "url": here,
        "html_url": f"{WEB}/{repo}/runs/{id}", "details_url": f"{WEB}/{repo}/runs/{id}",
        "status": "queued", "conclusion": None, "started_at": None, "completed_at": None,
        "output": {"title": None, "summary": None, "text": None, "annotations_count": 0,
                   "annotations_url": f"{here}/annotations"},
        "name": name, "check_suite": {"id": id + 1}, "app": None, "pull_requests": [],
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


def issue_field(number: int, name: str, kind: str, options: Sequence[str] = ()) -> Json:
    """A field of issues; a single select has options."""
    at = "2020-01-01T00:00:00Z"
    made: Json = {
        "id": number, "node_id": f"IF_{number}", "name": name, "description": None,
        "data_type": kind, "visibility": "all", "created_at": at, "updated_at": at,
    }  # fmt: skip
    if options:
        made["options"] = [
            {"id": number * 100 + place, "name": each, "description": None, "color": "gray",
             "priority": place, "created_at": at, "updated_at": at}
            for place, each in enumerate(options, 1)
        ]  # fmt: skip
    return made


def field_value(field: Json, value: str | float) -> Json:
    """What an issue has in a field."""
    made: Json = {
        "issue_field_id": field["id"], "issue_field_name": field["name"],
        "node_id": f"IFV_{field['id']}", "data_type": field["data_type"], "value": value,
    }  # fmt: skip
    if field["data_type"] == "single_select":
        kept = ("id", "name", "color")
        made["single_select_option"] = next(
            {name: each[name] for name in kept} for each in field["options"]
            if each["name"] == value)  # fmt: skip
    return made


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
