"""The settings on the control page: tokens, apps and their installations, webhook deliveries."""

from collections.abc import Callable
from datetime import timedelta

from flask import abort

from integrations.simulators.github.apps import App, Installation
from integrations.simulators.github.deliveries import Attempt
from integrations.simulators.github.shapes import stamp
from integrations.simulators.github.site import GithubSite
from integrations.simulators.github.tokens import Token
from integrations.simulators.pages import Group, Row

LATELY = 20
_NAMES = {"classic": "Classic token", "fine": "Fine-grained token"}


def groups(site: GithubSite) -> list[Group]:
    """Tokens, apps, where they are installed, and what was delivered lately."""
    tokens = [_token(site, n, token) for n, token in enumerate(site.tokens.known.values())]
    rows: list[Row] = []
    for app in site.apps.known.values():
        rows += [_app(app), *(_installation(app, each) for each in app.installations.values())]
    tries = [_delivery(each) for each in site.delivered.attempts[: -LATELY - 1 : -1]]
    made = [Group("Tokens", tokens), Group("Apps", rows), Group("Webhook deliveries", tries)]
    return [each for each in made if each.rows]


def act(site: GithubSite, item: str, action: str) -> bool:
    """Do what a button of the settings says; False when it is none of them."""
    kind, _, number = item.partition(":")
    if kind not in ("token", "installation", "delivery") or not number.isdecimal():
        return False
    acts = {"token": _of_token, "installation": _of_installation, "delivery": _of_delivery}
    found = acts[kind](site, int(number))
    if action not in found:
        abort(400)
    found[action]()
    return True


def _of_token(site: GithubSite, number: int) -> dict[str, Callable[[], object]]:
    texts = list(site.tokens.known)
    if number >= len(texts):
        abort(404)
    text, tokens = texts[number], site.tokens
    return {
        "End": lambda: tokens.change(text, until=site.now),
        "Let end soon": lambda: tokens.change(text, until=site.now + timedelta(days=6)),
        "Renew": lambda: tokens.change(text, until=None),
        "Approve": lambda: tokens.change(text, pending=False),
    }


def _of_installation(site: GithubSite, number: int) -> dict[str, Callable[[], object]]:
    where = site.apps.installation(number) or abort(404)
    less = {name: level for name, level in where.permissions.items() if level == "read"}
    return {
        "Suspend": lambda: site.suspend(where), "Unsuspend": lambda: site.unsuspend(where),
        "Only reading": lambda: site.permit(where, less),
        "Uninstall": lambda: site.uninstall(where),
    }  # fmt: skip


def _of_delivery(site: GithubSite, number: int) -> dict[str, Callable[[], object]]:
    known = (each for each in site.delivered.attempts if each.id == number)
    attempt = next(known, None) or abort(404)

    def again() -> None:
        site.delivered.ask(attempt)
        site.postman.redeliver(attempt.delivery)

    return {"Redeliver": again}


def _token(site: GithubSite, number: int, token: Token) -> Row:
    over = token.until is not None and token.until <= site.now
    status = "Over" if over else "Not approved" if token.pending else "Good"
    rights = token.scopes or (f"{name}: {level}" for name, level in token.permissions.items())
    ends = f"until {stamp(token.until)}" if token.until else "without an end"
    actions = ["Renew"] if over else ["End", "Let end soon"]
    return Row(
        item=f"token:{number}", key=token.login, url="/_sim", status=status,
        title=f"{_NAMES.get(token.kind, token.kind)} {ends}", about=", ".join(sorted(rights)),
        tone="done" if status == "Good" else "dropped",
        actions=[*actions, *(["Approve"] if token.pending else [])],
    )  # fmt: skip


def _app(app: App) -> Row:
    return Row(item=f"app:{app.id}", key=app.slug, title=f"{app.name} of {app.owner}",
               url=f"/apps/{app.slug}/installations/new", status="App", tone="doing",
               about=app.hook_url or "no webhook")  # fmt: skip


def _installation(app: App, where: Installation) -> Row:
    repos = "all repositories" if where.repos is None else ", ".join(sorted(where.repos))
    status = "Suspended" if where.suspended else "Installed"
    return Row(
        item=f"installation:{where.id}", key=app.slug, title=f"for {where.account}: {repos}",
        url=f"/apps/{app.slug}/installations/new", status=status,
        tone="dropped" if where.suspended else "done",
        about=", ".join(f"{name}: {level}" for name, level in sorted(where.permissions.items())),
        actions=("Unsuspend" if where.suspended else "Suspend", "Only reading", "Uninstall"),
    )  # fmt: skip


def _delivery(attempt: Attempt) -> Row:
    shown = attempt.shown()
    event = " ".join(filter(None, (shown["event"], shown["action"])))
    return Row(
        item=f"delivery:{attempt.id}", key=event, title=attempt.delivery.hook.url, url="/_sim",
        status=attempt.status, tone="done" if attempt.code < 300 else "dropped",
        about="sent again" if attempt.again else "", actions=("Redeliver",),
    )  # fmt: skip
