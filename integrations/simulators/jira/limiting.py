"""The limits of a simulated Jira at work: refusing what is beyond them, telling what is left."""

from flask import Flask, Response, g, request

from integrations.simulators.jira.limits import Over
from integrations.simulators.jira.web import answer, site

MESSAGE = "Rate limit exceeded. Please wait before sending more requests."


def install(app: Flask) -> None:
    """Watch over every API route."""
    app.before_request(_admit)
    app.after_request(_tell)


def _admit() -> Response | None:
    if not _limited():
        return None
    over = site().limits.admit(_endpoint(), _written())
    return None if over is None else _refused(over)


def _refused(over: Over) -> Response:
    refused = answer({"errorMessages": [MESSAGE], "errors": {}}, 429)
    refused.headers["Retry-After"] = str(over.seconds)
    if over.reason:
        refused.headers["RateLimit-Reason"] = over.reason
    return refused


def _tell(response: Response) -> Response:
    if _limited():
        limits = site().limits
        if response.status_code < 300:
            limits.spend(1 + int(g.get("objects", 0)))
        response.headers.update(limits.headers(_endpoint()))
    return response


def _limited() -> bool:
    """Data Center has limits when its admin set some; its server info is open to all."""
    limited = site().cloud or site().limits.bucket is not None
    open_to_all = not site().cloud and request.path.endswith("/serverInfo")
    return limited and request.path.startswith("/rest/") and not open_to_all


def _endpoint() -> str:
    return f"{request.method} {request.url_rule or request.path}"


def _written() -> str:
    """The id of the one issue a call changes, or ''."""
    if request.method == "GET" or not request.view_args:
        return ""
    here = site()
    named = [here.keys.get(str(word).upper(), str(word)) for word in request.view_args.values()]
    return next((ident for ident in named if ident in here.issues), "")
