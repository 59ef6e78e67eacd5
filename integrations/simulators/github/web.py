"""What the routes of the simulated GitHub share: authentication, quota, ETags, pages."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask, Response, current_app, request

from integrations.simulators.faults import is_api
from integrations.simulators.github import shapes
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.site import GithubSite
from integrations.simulators.github.state import DOCS, GithubError

HOUR = 3600
TOO_DEEP = (
    "Pagination with the page parameter is not supported for large datasets, "
    "please use cursor based pagination (after/before)"
)


def site() -> GithubSite:
    """The site this request talks to."""
    return cast("GithubSite", current_app.config["SITE"])


def root() -> str:
    """The API's root as this request called it: with /api/v3 or without."""
    return site().url + request.script_root


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON with this server's addresses in place of GitHub's."""
    text = json.dumps(value, ensure_ascii=False)
    text = text.replace(shapes.API, root()).replace(shapes.WEB, site().url)
    return Response(text, status, headers, content_type="application/json; charset=utf-8")


def refusal(error: GithubError) -> Response:
    """A refusal in GitHub's form."""
    body = {"message": error.message, **error.more, "documentation_url": DOCS,
            "status": str(error.status)}  # fmt: skip
    return answer(body, error.status)


def install(app: Flask) -> None:
    """Authentication, quota and conditional answers for every API route."""
    app.before_request(_admit)
    app.after_request(_finish)
    app.register_error_handler(GithubError, refusal)
    app.register_error_handler(404, lambda _: refusal(GithubError(404, "Not Found")))


def _admit() -> None:
    if not is_api(request.path):
        return
    here = site()
    given = request.headers.get("Authorization", "")
    scheme, _, token = given.partition(" ")
    if scheme.lower() == "basic" and request.authorization:
        token = request.authorization.password or ""
    if not given:
        raise GithubError(401, "Requires authentication")
    if token != here.token:
        raise GithubError(401, "Bad credentials")
    _refill(here)
    if here.used >= here.limit and request.path != "/rate_limit":
        raise GithubError(403, "API rate limit exceeded for user ID 1. If you reach out to GitHub "
                               "Support for help, please include the request ID.")  # fmt: skip


def _refill(here: GithubSite) -> None:
    now = int(here.now.timestamp())
    if now >= here.reset:
        here.used, here.reset = 0, now + HOUR


def _finish(response: Response) -> Response:
    """ETag and 304, which costs nothing; everything else costs one call of the quota."""
    if not is_api(request.path):
        return response
    here = site()
    if response.status_code == 200 and request.method == "GET":
        tag = f'W/"{hashlib.sha256(response.get_data()).hexdigest()}"'
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
        if request.headers.get("If-None-Match") == tag:
            response = Response(status=304, headers={"ETag": tag})
    free = response.status_code in (304, 401) or request.path == "/rate_limit"
    here.used = here.used if free else min(here.used + 1, here.limit)
    response.headers.update({
        "X-RateLimit-Limit": str(here.limit), "X-RateLimit-Used": str(here.used),
        "X-RateLimit-Remaining": str(here.limit - here.used), "X-RateLimit-Resource": "core",
        "X-RateLimit-Reset": str(here.reset), "X-GitHub-Media-Type": "github.v3; format=json",
        "X-GitHub-Api-Version-Selected": request.headers.get("X-GitHub-Api-Version", "2022-11-28"),
    })  # fmt: skip
    return response


def payload() -> Json:
    """The JSON object sent."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise GithubError(400, "Problems parsing JSON")
    return body


def invalid(resource: str, field: str, value: Any = None) -> GithubError:
    """422 as GitHub says it."""
    error = {"value": value, "resource": resource, "field": field, "code": "invalid"}
    return GithubError(422, "Validation Failed", errors=[error])


def paged(values: Sequence[Any], show: Callable[[Any], Any] = list) -> Response:
    """A page with its Link header: by number, or by cursor only when the list is long.

    ``show`` turns the page's values into JSON.
    """
    size = _size()
    if len(values) > site().cursor_from:
        start, links = _by_cursor(len(values), size)
    else:
        start, links = _by_number(len(values), size)
    return _page(show(values[start : start + size]), links)


def paged_by_cursor(values: Sequence[Any]) -> Response:
    """A page of a list that knows no page numbers at all."""
    start, links = _by_cursor(len(values), _size())
    return _page(list(values[start : start + _size()]), links)


def _size() -> int:
    return min(_number("per_page", 30) or 30, 100)


def _page(values: Any, links: dict[str, Json]) -> Response:
    link = ", ".join(f'<{_address(at)}>; rel="{rel}"' for rel, at in links.items())
    return answer(values, headers={"Link": link} if link else None)


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isdigit() else default


def _by_number(total: int, size: int) -> tuple[int, dict[str, Json]]:
    page, last = max(1, _number("page", 1)), max(1, -(-total // size))
    links: dict[str, Json] = {}
    if page > 1:
        links["prev"] = {"page": min(page - 1, last)}
    if page < last:
        links |= {"next": {"page": page + 1}, "last": {"page": last}}
    if page > 1:
        links["first"] = {"page": 1}
    return (page - 1) * size, links


def _by_cursor(total: int, size: int) -> tuple[int, dict[str, Json]]:
    page = max(1, _number("page", 1))
    if page * size > site().cursor_from:
        raise GithubError(422, TOO_DEEP)
    start = (page - 1) * size
    cursor = request.args.get("after")
    if cursor:
        try:
            start = int(base64.urlsafe_b64decode(cursor))
        except ValueError:
            raise GithubError(422, "Invalid cursor") from None
    if start + size >= total:
        return start, {}
    after = base64.urlsafe_b64encode(str(start + size).encode()).decode()
    return start, {"next": {"after": after}}


def _address(at: Json) -> str:
    kept = {name: value for name, value in request.args.items()
            if name not in ("page", "after", "before")}  # fmt: skip
    return f"{root()}{request.path}?{urlencode(kept | at)}"
