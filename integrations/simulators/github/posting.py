"""Webhooks of a simulated GitHub: of repositories, organizations and apps; who is told what."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from integrations.simulators.github import shapes
from integrations.simulators.github.apps import App, Installation
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.state import Repo, State
from integrations.simulators.hooks import Delivery, Hook

OF_ORGANIZATIONS = frozenset({"projects_v2", "projects_v2_item", "organization", "issue_types"})
"""What no repository's webhook is told."""
ALWAYS = frozenset({"installation", "installation_repositories", "installation_target", "ping"})
"""What every app is told, asked or not."""
_MADE = ("repository", "created")
_TARGETS = {"repo": "repository", "org": "organization", "app": "integration"}


@dataclass(frozen=True)
class GithubHook(Hook):
    """A webhook of a repository, an organization or an app."""

    kind: Literal["repo", "org", "app"] = "repo"
    owner: str = ""
    app: App | None = field(default=None, repr=False, compare=False)
    active: bool = True
    target: int = 0
    form: str = "json"
    """Its content type."""
    insecure: str = "0"
    created: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    updated: datetime = datetime(2020, 1, 1, tzinfo=UTC)

    def wants(self, event: str, repo: str) -> bool:
        """Whether it is to be told of this event of ``owner/name``, or of ``owner/``."""
        if not self.active or (self.events and event not in self.events and event not in ALWAYS):
            return False
        if self.kind == "org":
            return repo.lower().startswith(f"{self.owner.lower()}/")
        return event not in OF_ORGANIZATIONS and repo.lower() == self.repo.lower()


def headers(delivery: Delivery) -> Mapping[str, str]:
    """GitHub's headers; the delivery's GUID stays the same when it is sent again."""
    hook = delivery.hook
    kind = hook.kind if isinstance(hook, GithubHook) else "repo"
    fields = {
        "User-Agent": "GitHub-Hookshot/simulated", "X-GitHub-Event": delivery.event,
        "X-GitHub-Delivery": delivery.identifier, "X-GitHub-Hook-ID": str(hook.id),
        "X-GitHub-Hook-Installation-Target-Type": _TARGETS[kind], "Accept": "*/*",
        "X-GitHub-Hook-Installation-Target-ID": str(getattr(hook, "target", 0)),
    }  # fmt: skip
    if delivery.signature:
        fields["X-Hub-Signature-256"] = delivery.signature
    return fields


def heard(state: State) -> bool:
    """Whether anybody is told anything now."""
    return bool(state.postman.hooks) and not state.postman.quiet


def of_repository(state: State, repo: Repo, event: str, body: Json) -> None:
    """Tell of something in a repository."""
    if not heard(state):
        return
    owner = repo.about["owner"]
    whole = body | {"repository": repo.about, "sender": state.actor}
    if owner["login"].lower() not in state.people:
        whole["organization"] = shapes.brief_organization(owner["login"])
    for hook in list(state.postman.hooks):
        where = _installed(hook, event, repo)
        if where is not None:
            _send(state, hook, event, whole | {"installation": _named(where)})
        elif not _of_app(hook) and _wide(hook, event, repo.name, body.get("action")):
            _send(state, hook, event, whole)


def of_owner(state: State, owner: str, event: str, body: Json) -> None:
    """Tell of something that belongs to an organization; a person's is told to nobody."""
    if not heard(state) or owner.lower() in state.people:
        return
    whole = body | {"organization": shapes.brief_organization(owner), "sender": state.actor}
    for hook in list(state.postman.hooks):
        where = _of_account(hook, event, owner)
        if where is not None:
            _send(state, hook, event, whole | {"installation": _named(where)})
        elif isinstance(hook, GithubHook) and not _of_app(hook) and hook.wants(event, f"{owner}/"):
            _send(state, hook, event, whole)


def of_installation(state: State, app: App, event: str, body: Json) -> None:
    """Tell an app of its own installations."""
    if not heard(state):
        return
    whole = body | {"sender": state.actor}
    for hook in [hook for hook in state.postman.hooks if _of_app(hook)]:
        if isinstance(hook, GithubHook) and hook.app is app and hook.active:
            _send(state, hook, event, whole)


def ping(state: State, hook: Hook, shown: Json, about: Mapping[str, Any]) -> Delivery:
    """The first thing a webhook is told, or what somebody asked for."""
    body = {"zen": "Keep it logically awesome.", "hook_id": hook.id, "hook": shown,
            "sender": state.actor, **about}  # fmt: skip
    return _send(state, hook, "ping", body)


def _wide(hook: Hook, event: str, repo: str, action: object) -> bool:
    """A plain webhook without a repository stands for one of each repository there is, which
    hears nothing of organizations, nor of how its own repository was made."""
    if not hook.wants(event, repo):
        return False
    if isinstance(hook, GithubHook):
        return hook.kind == "org" or (event, action) != _MADE
    return event not in OF_ORGANIZATIONS and (event, action) != _MADE


def _of_app(hook: Hook) -> bool:
    return isinstance(hook, GithubHook) and hook.kind == "app"


def _installed(hook: Hook, event: str, repo: Repo) -> Installation | None:
    owner = repo.about["owner"]["login"]
    where = _of_account(hook, event, owner)
    return where if where is not None and where.covers(repo.name) else None


def _of_account(hook: Hook, event: str, owner: str) -> Installation | None:
    """The installation through which an app hears of an account's events, if it does."""
    if not isinstance(hook, GithubHook) or hook.app is None or not hook.active:
        return None
    mine = (where for where in hook.app.installations.values()
            if where.account.lower() == owner.lower() and not where.suspended)  # fmt: skip
    where = next(mine, None)
    return where if where is not None and event in where.events else None


def _named(where: Installation) -> Json:
    return {"id": where.id, "node_id": f"MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9u{where.id}"}


def _send(state: State, hook: Hook, event: str, body: Json) -> Delivery:
    text = json.dumps(body, ensure_ascii=False)
    text = text.replace(shapes.API, f"{state.url}/api/v3").replace(shapes.WEB, state.url)
    return state.postman.send(hook, event, text.encode())
