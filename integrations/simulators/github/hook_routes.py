"""Webhooks over HTTP: of repositories and organizations, and the one of an app."""

from dataclasses import replace

from flask import Blueprint, Response, request

from integrations.simulators.github import posting, shapes
from integrations.simulators.github.app_routes import caller
from integrations.simulators.github.deliveries import Attempt
from integrations.simulators.github.paging import paged
from integrations.simulators.github.posting import GithubHook
from integrations.simulators.github.shapes import Json, stamp
from integrations.simulators.github.state import GithubError
from integrations.simulators.github.web import answer, invalid, payload, site
from integrations.simulators.hooks import Hook

blueprint = Blueprint("hooks", __name__)
MOST = 20
REPOSITORY, ORGANIZATION = "/repos/<owner>/<name>/hooks", "/orgs/<owner>/hooks"
SECRET = "********"  # noqa: S105


@blueprint.get(REPOSITORY)
@blueprint.get(ORGANIZATION)
def listed(owner: str, name: str = "") -> Response:
    """The webhooks of a repository or an organization."""
    return paged([_shown(hook) for hook in _here(owner, name)])


@blueprint.post(REPOSITORY)
@blueprint.post(ORGANIZATION)
def made(owner: str, name: str = "") -> Response:
    """A new webhook, which is pinged."""
    body, here = payload(), site()
    config = body.get("config") or {}
    if not config.get("url"):
        raise invalid("Hook", "url")
    wanted = body.get("events") or ["push"]
    others = [hook for hook in _here(owner, name) if isinstance(hook, GithubHook)]
    if any(hook.url == config["url"] and hook.form == config.get("content_type", "form")
           and hook.events & set(wanted) for hook in others):  # fmt: skip
        raise _refused("Hook already exists on this " + ("repository" if name else "organization"))
    if any(sum(event in hook.events for hook in others) >= MOST for event in wanted):
        raise _refused(f"The {wanted[0]} event cannot have more than {MOST} hooks")
    hook = _changed(GithubHook(
        here.new_id(), "", "", kind="repo" if name else "org", owner=owner,
        repo=here.repo(f"{owner}/{name}").name if name else "", created=here.now,
        target=here.repo(f"{owner}/{name}").about["id"] if name
        else shapes.organization(owner)["id"],
    ), {**body, "events": wanted})  # fmt: skip
    here.postman.hooks.append(hook)
    _ping(hook)
    return answer(_shown(hook), 201)


@blueprint.get(f"{REPOSITORY}/<int:number>")
@blueprint.get(f"{ORGANIZATION}/<int:number>")
def one(owner: str, number: int, name: str = "") -> Response:
    """One webhook."""
    return answer(_shown(_found(owner, name, number)))


@blueprint.patch(f"{REPOSITORY}/<int:number>")
@blueprint.patch(f"{ORGANIZATION}/<int:number>")
def changed(owner: str, number: int, name: str = "") -> Response:
    """Change address, secret, events or whether it is active; a config replaces the old one."""
    hook = _found(owner, name, number)
    if not isinstance(hook, GithubHook):
        raise GithubError(404, "Not Found")
    after = _changed(hook, payload())
    _put(after)
    return answer(_shown(after))


@blueprint.delete(f"{REPOSITORY}/<int:number>")
@blueprint.delete(f"{ORGANIZATION}/<int:number>")
def forgotten(owner: str, number: int, name: str = "") -> Response:
    """A webhook less."""
    gone = _found(owner, name, number)
    site().postman.hooks = [hook for hook in site().postman.hooks if hook is not gone]
    return Response(status=204)


@blueprint.post(f"{REPOSITORY}/<int:number>/pings")
@blueprint.post(f"{ORGANIZATION}/<int:number>/pings")
def pinged(owner: str, number: int, name: str = "") -> Response:
    """Say hello to it."""
    _ping(_found(owner, name, number))
    return Response(status=204)


@blueprint.get(f"{REPOSITORY}/<int:number>/deliveries")
@blueprint.get(f"{ORGANIZATION}/<int:number>/deliveries")
def deliveries(owner: str, number: int, name: str = "") -> Response:
    """What was sent to it, newest first."""
    return _page(_found(owner, name, number))


@blueprint.get(f"{REPOSITORY}/<int:number>/deliveries/<int:delivery>")
@blueprint.get(f"{ORGANIZATION}/<int:number>/deliveries/<int:delivery>")
def delivery(owner: str, number: int, delivery: int, name: str = "") -> Response:
    """One try, with what was sent and answered."""
    return answer(_try(_found(owner, name, number), delivery).whole())


@blueprint.post(f"{REPOSITORY}/<int:number>/deliveries/<int:delivery>/attempts")
@blueprint.post(f"{ORGANIZATION}/<int:number>/deliveries/<int:delivery>/attempts")
def again(owner: str, number: int, delivery: int, name: str = "") -> Response:
    """Send it once more."""
    return _again(_try(_found(owner, name, number), delivery))


@blueprint.route("/app/hook/config", methods=["GET", "PATCH"])
def of_app() -> Response:
    """The webhook of the app that calls."""
    app = caller()
    if request.method == "PATCH":
        body = payload()
        app.hook_url = str(body.get("url", app.hook_url))
        app.webhook_secret = str(body.get("secret", app.webhook_secret))
        site().hook_app(app)
    return answer(_config(_of_app()))


@blueprint.get("/app/hook/deliveries")
def app_deliveries() -> Response:
    """What was sent to it, newest first."""
    return _page(_of_app())


@blueprint.get("/app/hook/deliveries/<int:delivery>")
def app_delivery(delivery: int) -> Response:
    """One try."""
    return answer(_try(_of_app(), delivery).whole())


@blueprint.post("/app/hook/deliveries/<int:delivery>/attempts")
def app_again(delivery: int) -> Response:
    """Send it once more."""
    return _again(_try(_of_app(), delivery))


def _of_app() -> GithubHook:
    return site().app_hook(caller()) or site().hook_app(caller())


def _here(owner: str, name: str) -> list[Hook]:
    place = f"{owner}/{name}".lower()
    if not name:
        return [hook for hook in site().postman.hooks if isinstance(hook, GithubHook)
                and hook.kind == "org" and hook.owner.lower() == owner.lower()]  # fmt: skip
    return [hook for hook in site().postman.hooks if hook.repo.lower() in ("", place)
            and (not isinstance(hook, GithubHook) or hook.kind == "repo")]  # fmt: skip


def _found(owner: str, name: str, number: int) -> Hook:
    mine = (hook for hook in _here(owner, name) if hook.id == number)
    found = next(mine, None)
    if found is None:
        raise GithubError(404, "Not Found")
    return found


def _changed(hook: GithubHook, body: Json) -> GithubHook:
    fields: Json = {"updated": site().now}
    config = body.get("config")
    if config is not None:
        # A configuration without a secret takes the old one away.
        fields |= {"url": str(config.get("url") or hook.url),
                   "secret": _secret(hook, config), "form": config.get("content_type", "form"),
                   "insecure": str(config.get("insecure_ssl", "0"))}  # fmt: skip
    if "events" in body or "add_events" in body or "remove_events" in body:
        wanted = set(body.get("events") or hook.events) | set(body.get("add_events") or ())
        wanted -= set(body.get("remove_events") or ())
        fields["events"] = frozenset() if "*" in wanted else frozenset(wanted)
    if "active" in body:
        fields["active"] = bool(body["active"])
    return replace(hook, **fields)


def _secret(hook: GithubHook, config: Json) -> str:
    given = str(config.get("secret") or "")
    return hook.secret if given == SECRET else given


def _put(after: GithubHook) -> None:
    postman = site().postman
    postman.hooks = [after if hook.id == after.id else hook for hook in postman.hooks]


def _refused(message: str) -> GithubError:
    return GithubError(422, "Validation Failed", errors=[
        {"resource": "Hook", "code": "custom", "message": message}])  # fmt: skip


def _ping(hook: Hook) -> None:
    owned = isinstance(hook, GithubHook) and hook.kind == "org"
    about = ({"organization": shapes.brief_organization(hook.owner)}  # type: ignore[attr-defined]
             if owned else {"repository": site().repo(hook.repo).about})  # fmt: skip
    posting.ping(site(), hook, _shown(hook), about)


def _page(hook: Hook) -> Response:
    """A page by cursor: newest first, from the id a cursor names."""
    wanted = {"success": True, "failure": False}.get(request.args.get("status", ""))
    found = [each for each in site().delivered.of(hook.id)
             if wanted is None or (each.code < 300) is wanted]  # fmt: skip
    return paged(found, lambda page: [each.shown() for each in page], by_cursor="cursor",
                 place=lambda each: f"{each.id:015}")  # fmt: skip


def _try(hook: Hook, number: int) -> Attempt:
    found = (each for each in site().delivered.of(hook.id) if each.id == number)
    attempt = next(found, None)
    if attempt is None:
        raise GithubError(404, "Not Found")
    return attempt


def _again(attempt: Attempt) -> Response:
    site().delivered.ask(attempt)
    site().postman.redeliver(attempt.delivery)
    return answer({}, 202)


def _shown(hook: Hook) -> Json:
    kind = hook.kind if isinstance(hook, GithubHook) else "repo"
    owner = hook.owner if isinstance(hook, GithubHook) else ""
    place = f"orgs/{owner}" if kind == "org" else f"repos/{hook.repo}"
    here = f"{shapes.API}/{place}/hooks/{hook.id}"
    shown = {
        "type": "Organization" if kind == "org" else "Repository", "id": hook.id, "name": "web",
        "active": getattr(hook, "active", True), "events": sorted(hook.events) or ["*"],
        "config": _config(hook), "url": here, "ping_url": f"{here}/pings",
        "deliveries_url": f"{here}/deliveries",
        "created_at": stamp(getattr(hook, "created", GithubHook.created)),
        "updated_at": stamp(getattr(hook, "updated", GithubHook.updated)),
    }  # fmt: skip
    if kind == "org":
        return shown
    return shown | {"test_url": f"{here}/test", "last_response": _last(hook)}


def _last(hook: Hook) -> Json:
    tries = site().delivered.of(hook.id)
    if not tries:
        return {"code": None, "status": "unused", "message": None}
    good = tries[0].code < 300
    return {"code": tries[0].code, "status": "active" if good else "failed",
            "message": tries[0].status}  # fmt: skip


def _config(hook: Hook) -> Json:
    config = {"url": hook.url, "content_type": getattr(hook, "form", "json"),
              "insecure_ssl": getattr(hook, "insecure", "0")}  # fmt: skip
    return config | ({"secret": SECRET} if hook.secret else {})
