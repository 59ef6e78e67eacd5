"""Apps and their installations as GitHub's JSON."""

from integrations.simulators.github import shapes
from integrations.simulators.github.apps import App, Installation
from integrations.simulators.github.shapes import API, WEB, Json, stamp
from integrations.simulators.github.state import Repo, State


def app(state: State, about: App) -> Json:
    """An app."""
    return {
        "id": about.id, "slug": about.slug, "node_id": f"A_{about.id}",
        "client_id": about.client_id, "owner": account(state, about.owner), "name": about.name,
        "description": None, "external_url": about.url or WEB,
        "html_url": f"{WEB}/apps/{about.slug}", "created_at": stamp(about.created),
        "updated_at": stamp(about.created), "permissions": about.permissions,
        "events": about.events, "installations_count": len(about.installations),
    }  # fmt: skip


def by(about: App) -> Json:
    """An app as what was done through it names it."""
    return {
        "id": about.id, "slug": about.slug, "node_id": f"A_{about.id}",
        "client_id": about.client_id, "owner": shapes.organization(about.owner),
        "name": about.name, "description": None, "external_url": about.url or WEB,
        "html_url": f"{WEB}/apps/{about.slug}", "created_at": stamp(about.created),
        "updated_at": stamp(about.created), "permissions": about.permissions,
        "events": about.events,
    }  # fmt: skip


def converted(state: State, about: App) -> Json:
    """A new app with its secrets, told once."""
    secrets = {"client_secret": about.client_secret, "pem": about.pem,
               "webhook_secret": about.webhook_secret or None}  # fmt: skip
    return app(state, about) | secrets


def account(state: State, login: str) -> Json:
    """A person or an organization."""
    person = login.lower() in state.people
    return shapes.account(login) if person else shapes.organization(login)


def installation(state: State, where: Installation) -> Json:
    """An installation."""
    here, owner = f"{API}/app/installations/{where.id}", account(state, where.account)
    person = owner["type"] == "User"
    page = "settings" if person else f"organizations/{where.account}/settings"
    return {
        "id": where.id, "client_id": state.apps.known[where.app].client_id, "account": owner,
        "repository_selection": "all" if where.repos is None else "selected",
        "access_tokens_url": f"{here}/access_tokens",
        "repositories_url": f"{API}/installation/repositories",
        "html_url": f"{WEB}/{page}/installations/{where.id}", "app_id": where.app,
        "app_slug": state.apps.known[where.app].slug, "target_id": owner["id"],
        "target_type": owner["type"], "permissions": where.permissions, "events": where.events,
        "created_at": stamp(where.created), "updated_at": stamp(where.updated),
        "single_file_name": None, "has_multiple_single_files": False, "single_file_paths": [],
        "suspended_by": shapes.account() if where.suspended else None,
        "suspended_at": stamp(where.suspended) if where.suspended else None,
    }  # fmt: skip


def named(repos: list[Repo]) -> list[Json]:
    """Repositories as the events of installations list them."""
    kept = ("id", "node_id", "name", "full_name", "private")
    return [{name: repo.about[name] for name in kept} for repo in repos]
