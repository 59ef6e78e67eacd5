"""Searching: token pages on Cloud, numbered pages on Data Center."""

import time
from collections.abc import Iterable
from typing import Any

from flask import Response, g, request

from integrations.simulators.jira import evaluate, jql
from integrations.simulators.jira.jql import Query
from integrations.simulators.jira.render import Manner, chosen, drawn
from integrations.simulators.jira.state import Issue, JiraError, Stored
from integrations.simulators.jira.tokens import offset, token
from integrations.simulators.jira.web import (
    GONE,
    answer,
    api,
    cloud_only,
    exactly,
    listed,
    listing,
    number,
    payload,
    site,
)
from integrations.simulators.jira.words import Json

blueprint = api("search")
UNBOUNDED = (
    "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
)
SEARCH_HISTORY = 20
IDS_ONLY_CAP = 5000
RECONCILED, PROPERTIES = 50, 5
KEPT_RESULTS = 16
ASKED = {
    "jql": str, "fields": list, "expand": str, "maxResults": int, "nextPageToken": str,
    "fieldsByKeys": bool, "properties": list, "reconcileIssues": list,
}  # fmt: skip


def _asked() -> Json:
    if request.method == "POST":
        return payload()
    asked: Json = request.args.to_dict()
    for name in ("fields", "reconcileIssues", "properties"):
        asked[name] = request.args.getlist(name)
    return asked


def _searched(issues: Iterable[Issue]) -> list[Issue]:
    """Those of some issues the caller can find: not hidden, not in the archive."""
    here = site()
    archived = {key for key, about in here.projects.items() if about.get("archived")}
    if not (here.hidden or here.trashed or here.secured or archived):
        return list(issues)
    return [issue for issue in issues
            if here.sees(issue) and issue.fields["project"]["key"] not in archived]  # fmt: skip


def _behind(fresh: set[str]) -> list[Issue]:
    """The issues as an index shows them that has not caught up with all changes."""
    here = site()
    seen = dict(here.issues)
    for ident, (_, before) in here.lagging.items():
        if ident not in fresh and before is None:
            seen.pop(ident, None)
        elif ident not in fresh and before is not None:
            seen[ident] = before
    return list(seen.values())


def found(text: str, fresh: Iterable[str] = ()) -> list[Issue]:
    """What a query finds now, as far as the index knows."""
    here, query, now = site(), jql.parse(text), time.monotonic()
    here.lagging = {ident: one for ident, one in here.lagging.items() if one[0] > now}
    if here.lagging:
        return evaluate.select(here, query, _searched(_behind(set(fresh))))
    key = (text, len(here.issues), len(here.projects), Stored.ever)
    if key not in here.index.found:
        issues = _evaluated(query)
        if not evaluate.timeless(query.tree):
            return issues
        while len(here.index.found) >= KEPT_RESULTS:
            here.index.found.pop(next(iter(here.index.found)))
        here.index.found[key] = issues
    return here.index.found[key]


def _evaluated(query: Query) -> list[Issue]:
    here = site()
    narrow = evaluate.narrowed(here, query.tree)
    issues = here.issues.values() if narrow is None else narrow
    return evaluate.select(here, query, _searched(issues))


def bounded(query: Any) -> str:
    """A query Cloud answers: one with a restriction; 400 otherwise."""
    if not isinstance(query, str) or jql.parse(query).tree is None:
        raise JiraError(400, UNBOUNDED)
    return query


@blueprint.route("/search/jql", methods=["GET", "POST"])
def enhanced() -> Response:
    """Cloud's issue search: bounded JQL, token pages, no total."""
    cloud_only()
    here, asked = site(), _asked()
    if request.method == "POST":
        exactly(asked, ASKED)
    query, fresh = bounded(asked.get("jql")), [str(one) for one in asked.get("reconcileIssues", ())]
    if len(fresh) > RECONCILED or len(asked.get("properties", ())) > PROPERTIES:
        raise JiraError(400, f"At most {RECONCILED} issues to reconcile and {PROPERTIES} properties"
                             " can be given.")  # fmt: skip
    expand = listed(asked.get("expand"))
    manner = Manner(g.version, chosen(here, listed(asked.get("fields")) or ["id"]),
                    "changelog" in expand, SEARCH_HISTORY)  # fmt: skip
    issues = found(query, fresh)
    start = offset(asked.get("nextPageToken"), query, here.token_life, issues)
    size = _size(number(asked.get("maxResults"), 50), ids_only=not manner.fields)
    shown = issues[start : start + size]
    page: Json = {"isLast": start + size >= len(issues)}
    if not page["isLast"]:
        page["nextPageToken"] = token(query, start + size, [issue.id for issue in shown])
    if "names" in expand:
        page["names"] = {ident: here.fields[ident]["name"] for ident in here.fields}
    g.objects = len(shown)
    return listing("issues", [drawn(here, issue, manner) for issue in shown], page)


def _size(wanted: int, *, ids_only: bool) -> int:
    """How many issues a page has: a great many only when nothing but the identity is asked."""
    here = site()
    cap = IDS_ONLY_CAP if ids_only else here.page_cap
    size = min(wanted, cap) or cap
    return max(1, size * 2 // 3) if here.short_pages else size


@blueprint.route("/search", methods=["GET", "POST"])
def classic() -> Response:
    """Data Center's issue search with numbered pages; removed on Cloud."""
    here = site()
    if here.cloud:
        raise JiraError(410, GONE)
    asked = _asked()
    issues = found(asked.get("jql") or "")
    start = number(asked.get("startAt"), 0)
    size = min(number(asked.get("maxResults"), 50), here.page_cap * 10)
    fields = chosen(here, listed(asked.get("fields")) or ["*navigable"])
    manner = Manner(g.version, fields, "changelog" in listed(asked.get("expand")))
    page = {"expand": "schema,names", "startAt": start, "maxResults": size, "total": len(issues)}
    texts = [drawn(here, issue, manner) for issue in issues[start : start + size]]
    return listing("issues", texts, page)


@blueprint.post("/search/id")
def ids() -> Response:
    """Removed, like the classic search."""
    raise JiraError(410 if site().cloud else 404, GONE)


@blueprint.post("/search/approximate-count")
def approximate_count() -> Response:
    """How many issues match, by the index."""
    cloud_only()
    asked = payload()
    exactly(asked, {"jql": str})
    return answer({"count": len(found(bounded(asked.get("jql"))))})
