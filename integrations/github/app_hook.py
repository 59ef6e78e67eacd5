"""The one webhook of a GitHub App: it leads to our door, and hears what the app is told of."""

from collections.abc import Mapping
from typing import Any

from connector.errors import AccessDenied
from integrations.github.app import as_app
from integrations.github.features import PROJECTS, SUB_ISSUES, features
from integrations.github.redelivery import APP, APP_HOOK
from integrations.kit.address import same_origin
from integrations.tracker import Account, Registered

_EVENTS = {
    "issues": "Issues", "issue_comment": "Issue comment", "pull_request": "Pull request",
    "milestone": "Milestone", "label": "Label", "repository": "Repository",
}  # fmt: skip
_MORE = {
    SUB_ISSUES: ("sub_issues", "Sub issues"),
    PROJECTS: ("projects_v2_item", "Project v2 item"),
}


def register(account: Account, config: Mapping[str, str]) -> Registered:
    """Lead it to our door with our secret; what the app is told of is set at GitHub alone."""
    with as_app(account) as app:
        there = str(app.get(f"{APP_HOOK}/config").object().get("url") or "")
        if _is_anothers(there, config["url"]):
            raise AccessDenied(
                f"The app's webhook leads to {there}, another connection's: an app has only one."
                " Make an app for each connection, or change the address in the app's settings if"
                " that connection is gone."
            )
        app.call("PATCH", f"{APP_HOOK}/config", json=dict(config))
        told = app.get("/app").object()
    return Registered(ids=(APP,), lacking=_untold(account, told))


def stays(account: Account) -> str:
    """Why it cannot be taken away."""
    page = account.client.page if account.client else ""
    return (
        "The webhook of a GitHub App goes with the app: delete the app, or switch Active off under"
        f" Webhook in its settings{f' ({page})' if page else ''}."
    )


def _is_anothers(there: str, ours: str) -> bool:
    """Whether it leads to another connection of this very Worklift."""
    return bool(there) and there != ours and same_origin(there, ours) and "/hooks/" in there


def _untold(account: Account, told: Mapping[str, Any]) -> tuple[str, ...]:
    events, has = told.get("events"), features(account.options)
    if not isinstance(events, list):
        return ()
    wanted = _EVENTS | dict(each for name, each in _MORE.items() if name in has)
    missing = [shown for event, shown in wanted.items() if event not in events]
    if not missing:
        return ()
    sentence = (
        f"The app is not told of {', '.join(missing)}: tick them in its settings under Permissions"
        " & events; until then the poll finds what changes."
    )
    return (sentence,)
