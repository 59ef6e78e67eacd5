"""Who calls a simulated GitHub, whether the call is let in, and what every answer tells of it."""

import hashlib
import secrets
from datetime import UTC
from urllib.parse import quote

from flask import Flask, Response, g, request

from integrations.simulators.faults import is_api
from integrations.simulators.github import jwts, rights, shapes, sight
from integrations.simulators.github.limits import SECONDARY
from integrations.simulators.github.site import GithubSite
from integrations.simulators.github.state import GithubError, Repo
from integrations.simulators.github.tokens import Token
from integrations.simulators.github.web import answer, refusal, root, site

OPEN = ("/meta", "/versions", "/app-manifests/")
VERSIONS = ("2022-11-28", "2026-03-10")
SPENT = (
    "API rate limit exceeded for {}. If you reach out to GitHub Support for help, please include "
    "the request ID."
)
FORBIDDEN = (
    "`{}` forbids access via {}. Please use a GitHub App, OAuth App, or another kind of token."
)
SINGLE = (
    "Resource protected by organization SAML enforcement. You must grant your Personal Access "
    "token access to this organization."
)
_KINDS = {
    "classic": "a personal access token (classic)",
    "fine": "a fine-grained personal access token",
}


class Limited(Exception):
    """A quota of GraphQL is used up."""


def install(app: Flask) -> None:
    """Watch over every API route."""
    app.before_request(_admit)
    app.after_request(_finish)
    app.teardown_request(_leave)
    app.register_error_handler(GithubError, refusal)
    app.register_error_handler(Limited, _graphql)
    app.register_error_handler(404, lambda _: refusal(GithubError(404, "Not Found")))


def _admit() -> Response | None:
    if not is_api(request.path) or request.path.startswith(OPEN):
        return None
    here = site()
    g.token = token = _signed_in(here, request.headers.get("Authorization", ""))
    here.actor = shapes.account(token.login)
    here.via = here.apps.known.get(token.app) if token.kind == "installation" else None
    g.who, g.resource = _who(here, token), _resource(request.path)
    _limited(here)
    asked = request.headers.get("X-GitHub-Api-Version", VERSIONS[0])
    if asked not in VERSIONS:
        raise GithubError(400, f'"{asked}" is not a supported version of the API.')
    return _placed(here, token)


def _signed_in(here: GithubSite, given: str) -> Token:
    scheme, _, text = given.partition(" ")
    if scheme.lower() == "basic" and request.authorization:
        text = request.authorization.password or ""
    if not given:
        raise GithubError(401, "Requires authentication")
    rule = str(request.url_rule or "")
    for_app = rule == "/app" or rule.startswith("/app/") or rule.endswith("/installation")
    if jwts.is_jwt(text):
        return _app(here, text, for_app=for_app)
    if for_app:
        raise GithubError(401, jwts.UNREADABLE)
    found = here.tokens.known.get(text) or here.apps.granted.get(text)
    if found is None or (found.until and found.until <= here.now):
        raise GithubError(401, "Bad credentials")
    where = here.apps.installation(found.installation)
    if where is not None and where.suspended:
        raise GithubError(403, "This installation has been suspended")
    return found


def _app(here: GithubSite, text: str, *, for_app: bool) -> Token:
    try:
        app = jwts.app_of(text, here.apps.known, here.now.timestamp())
    except jwts.BadToken as error:
        status = 404 if "not found" in str(error) else 401
        raise GithubError(status, str(error)) from None
    token = Token(kind="app", login=app.bot, app=app.id)
    if not for_app:
        raise sight.lacking(token)
    return token


def _who(here: GithubSite, token: Token) -> str:
    if token.kind == "installation":
        return f"installation ID {token.installation}"
    return f"app ID {token.app}" if token.app else f"user ID {here.actor['id']}"


def _resource(path: str) -> str:
    if path.startswith("/search/"):
        return "search"
    return "graphql" if path.endswith("/graphql") else "core"


def _limited(here: GithubSite) -> None:
    now, limits = int(here.now.timestamp()), here.limits
    if request.path == "/rate_limit":
        return
    g.spent = limits.spent(g.who, g.resource, now)
    if g.spent and g.resource != "graphql":  # which tells of it itself, with status 200
        raise GithubError(limits.status, SPENT.format(g.who))
    if limits.overrun(g.who, _method()):
        g.wait = limits.retry_after
        raise GithubError(limits.status, SECONDARY)


def _method() -> str:
    """What a call counts as: a query of GraphQL, or a new token of an app, writes nothing."""
    reads = g.resource == "graphql" or request.path.startswith("/app/installations/")
    return "GET" if reads else request.method


def _graphql(error: Limited) -> Response:
    """GraphQL says so with status 200."""
    return answer({"errors": [{"type": "RATE_LIMITED", "message": str(error)}]})


def _placed(here: GithubSite, token: Token) -> Response | None:
    """What a call on a repository or an owner needs; where a renamed repository is now."""
    named = request.view_args or {}
    owner, name = named.get("owner"), named.get("name")
    if owner is None:
        return None
    g.need = need = rights.of(request.method, str(request.url_rule))
    _welcome(here, token, str(owner))
    if token.kind == "app":
        return None
    if name is None:
        sight.check_owner(here, token, str(owner), need)
        return None
    moved = here.renamed.get(f"{owner}/{name}".lower())
    if moved is not None and f"{owner}/{name}".lower() not in here.repos:
        return _elsewhere(here, token, moved, f"/repos/{owner}/{name}")
    repo = here.repo(f"{owner}/{name}")
    sight.check(here, token, repo, need)
    number = named.get("number")
    if rest_of(request.path).startswith("/issues") and not repo.about["has_issues"]:
        raise GithubError(410, "Issues are disabled for this repo")
    if "/issues/<int:number>" in str(request.url_rule) and number in repo.moved:
        return _transferred(
            here, token, repo.moved[number], f"/repos/{owner}/{name}/issues/{number}"
        )
    return None


def rest_of(path: str) -> str:
    """What follows the repository in an address."""
    return "/" + "/".join(path.split("/")[4:])


def _transferred(here: GithubSite, token: Token, to: tuple[int, int], start: str) -> Response:
    repo = next((r for r in here.repos.values() if r.about["id"] == to[0]), None)
    if repo is None or not sight.sees(here, token, repo):
        raise GithubError(404, "Not Found")
    rest = quote(request.path.removeprefix(start))
    return redirected(f"{root()}/repos/{repo.name}/issues/{to[1]}{rest}")


def _elsewhere(here: GithubSite, token: Token, number: int, start: str) -> Response:
    repo = next((r for r in here.repos.values() if r.about["id"] == number), None)
    if repo is None or not sight.sees(here, token, repo):
        raise GithubError(404, "Not Found")
    rest = quote(request.path.removeprefix(start)) + ("?" if request.query_string else "")
    where = f"{root()}/repositories/{number}{rest}{request.query_string.decode()}"
    return redirected(where)


def redirected(where: str) -> Response:
    """301 as GitHub says it."""
    moved = refusal(GithubError(301, "Moved Permanently", url=where))
    moved.headers["Location"] = where
    return moved


def _welcome(here: GithubSite, token: Token, owner: str) -> None:
    """What an organization thinks of this kind of token, and of its single sign-on."""
    if token.kind in here.tokens.forbidden.get(owner.lower(), ()):
        raise GithubError(403, FORBIDDEN.format(owner, _KINDS.get(token.kind, "it")))
    if owner.lower() in {each.lower() for each in token.sso}:
        g.sso = f"required; url={here.url}/orgs/{owner}/sso?authorization_request=simulated"
        raise GithubError(403, SINGLE)


def seen(repo: Repo) -> bool:
    """Whether the caller of this request may see a repository."""
    return sight.sees(site(), g.token, repo)


def _finish(response: Response) -> Response:
    """ETag and 304, which costs nothing; everything else costs one call of the quota."""
    if not is_api(request.path):
        return response
    here = site()
    if response.status_code == 200 and request.method == "GET":
        response = _tagged(response)
    response.headers["X-GitHub-Media-Type"] = "github.v3; format=json"
    response.headers["X-GitHub-Request-Id"] = secrets.token_hex(12).upper()
    if here.enterprise:
        response.headers["X-GitHub-Enterprise-Version"] = here.enterprise
    asked = request.headers.get("X-GitHub-Api-Version", VERSIONS[0])
    response.headers["X-GitHub-Api-Version-Selected"] = asked
    if "who" in g:
        now, free = int(here.now.timestamp()), response.status_code in (304, 401)
        if not free and request.path != "/rate_limit":
            here.limits.spend(g.who, g.resource, now, g.get("cost", 1))
        response.headers.update(here.limits.headers(g.who, g.resource, now))
        response.headers.update(_of_token(g.token))
    if g.get("wait") is not None:
        response.headers["Retry-After"] = str(g.wait)
    if "sso" in g:
        response.headers["X-GitHub-SSO"] = g.sso
    return response


def _tagged(response: Response) -> Response:
    tag = f'W/"{hashlib.sha256(response.get_data()).hexdigest()}"'
    if request.headers.get("If-None-Match") == tag:
        return Response(status=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
    return response


def _of_token(token: Token) -> dict[str, str]:
    told: dict[str, str] = {}
    need = g.get("need")
    if token.kind == "classic":
        told["X-OAuth-Scopes"] = ", ".join(sorted(token.scopes))
        told["X-Accepted-OAuth-Scopes"] = need.scope if need else ""
    elif token.kind != "app":
        told["X-Accepted-GitHub-Permissions"] = need.accepted if need else "metadata=read"
    if token.until and token.kind in ("classic", "fine"):
        ends = token.until.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        told["GitHub-Authentication-Token-Expiration"] = ends
    return told


def _leave(_: BaseException | None) -> None:
    site().actor, site().via = shapes.account(), None
