"""Searching: token pages on Cloud, numbered pages on Data Center, and reads of many by id."""

import base64
import json
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response, g, request

from integrations.simulators.jira import evaluate, jql
from integrations.simulators.jira.render import chosen, shown
from integrations.simulators.jira.state import Issue, JiraError
from integrations.simulators.jira.web import GONE, answer, api, listed, number, payload, site
from integrations.simulators.jira.words import Json

blueprint = api("search")
UNBOUNDED = (
    "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
)
SEARCH_HISTORY, BULK_HISTORY = 20, 40
IDS_ONLY_CAP = 5000
ANCHORS = 20
"""How many issues of a page its token remembers: a token holds a place, it does not count."""


def _asked() -> Json:
    if request.method == "POST":
        return payload()
    asked: Json = request.args.to_dict()
    asked["fields"] = request.args.getlist("fields") or None
    asked["reconcileIssues"] = request.args.getlist("reconcileIssues")
    return asked


def _indexed(fresh: set[str]) -> list[Issue]:
    """The issues as the index shows them: changes within the delay are not there yet."""
    here = site()
    now = time.monotonic()
    seen = dict(here.issues)
    for ident, (until, before) in list(here.lagging.items()):
        if until <= now:
            del here.lagging[ident]
        elif ident not in fresh and before is None:
            seen.pop(ident, None)
        elif ident not in fresh and before is not None:
            seen[ident] = before
    return list(seen.values())


def _found(query: str, fresh: set[str] | None = None) -> list[Issue]:
    return evaluate.select(site(), jql.parse(query), _indexed(fresh or set()))


def _bounded(query: Any) -> str:
    if not isinstance(query, str) or jql.parse(query).tree is None:
        raise JiraError(400, UNBOUNDED)
    return query


def _token(query: str, offset: int, seen: Sequence[str] = ()) -> str:
    place = json.dumps([offset, query, list(seen)[-ANCHORS:]])
    return base64.urlsafe_b64encode(place.encode()).decode()


def _offset(token: Any, query: str, found: Sequence[Issue] = ()) -> int:
    """Where a page begins: after the last issue of the page before that still stands there."""
    if not token:
        return 0
    try:
        offset, of, seen = json.loads(base64.urlsafe_b64decode(str(token)))
    except ValueError:
        raise JiraError(400, "The provided next page token is invalid or expired.") from None
    if of != query:
        raise JiraError(400, "The JQL query must not change between pages.")
    places = [place for place, issue in enumerate(found[:offset]) if issue.id in seen]
    return max(places) + 1 if places else int(offset)


@blueprint.route("/search/jql", methods=["GET", "POST"])
def enhanced() -> Response:
    """Cloud's issue search: bounded JQL, token pages, no total."""
    here, asked = site(), _asked()
    if not here.cloud:
        raise JiraError(404, "null for uri: " + request.path)
    query = _bounded(asked.get("jql"))
    fields = listed(asked.get("fields")) or ["id"]
    cap = here.page_cap if chosen(here, fields) else IDS_ONLY_CAP
    size = min(number(asked.get("maxResults"), 50), cap) or cap
    found = _found(query, set(map(str, asked.get("reconcileIssues") or ())))
    start = _offset(asked.get("nextPageToken"), query, found)
    expand = listed(asked.get("expand"))
    issues = [shown(here, issue, g.version, fields, expand=expand, histories=SEARCH_HISTORY)
              for issue in found[start : start + size]]  # fmt: skip
    page: Json = {"issues": issues, "isLast": start + size >= len(found)}
    if not page["isLast"]:
        seen = [issue.id for issue in found[start : start + size]]
        page["nextPageToken"] = _token(query, start + size, seen)
    if "names" in expand:
        page["names"] = {ident: here.fields[ident]["name"] for ident in here.fields}
    return answer(page)


@blueprint.route("/search", methods=["GET", "POST"])
def classic() -> Response:
    """Data Center's issue search with numbered pages; removed on Cloud."""
    here = site()
    if here.cloud:
        raise JiraError(410, GONE)
    asked = _asked()
    found = _found(asked.get("jql") or "")
    start = number(asked.get("startAt"), 0)
    size = min(number(asked.get("maxResults"), 50), here.page_cap * 10)
    fields = listed(asked.get("fields")) or ["*navigable"]
    expand = listed(asked.get("expand"))
    issues = [shown(here, issue, g.version, fields, expand=expand)
              for issue in found[start : start + size]]  # fmt: skip
    return answer({"expand": "schema,names", "startAt": start, "maxResults": size,
                   "total": len(found), "issues": issues})  # fmt: skip


@blueprint.post("/search/id")
def ids() -> Response:
    """Removed, like the classic search."""
    raise JiraError(410 if site().cloud else 404, GONE)


@blueprint.post("/search/approximate-count")
def approximate_count() -> Response:
    """How many issues match, by the index."""
    _cloud_only()
    return answer({"count": len(_found(_bounded(payload().get("jql"))))})


@blueprint.post("/issue/bulkfetch")
def bulk_fetch() -> Response:
    """Up to 100 issues read directly, in ascending id order; what is not there is left out."""
    _cloud_only()
    asked = payload()
    wanted = [str(one) for one in asked.get("issueIdsOrKeys") or ()]
    if not 1 <= len(wanted) <= 100:
        raise JiraError(400, "The number of issue IDs or keys must be between 1 and 100.")
    here = site()
    ids = {here.keys.get(one.upper(), one) for one in wanted}
    found = sorted(
        (here.issues[ident] for ident in ids if ident in here.issues), key=lambda i: int(i.id)
    )
    fields = listed(asked.get("fields")) or ["*navigable"]
    issues = [shown(here, issue, g.version, fields, expand=listed(asked.get("expand")),
                    histories=BULK_HISTORY) for issue in found]  # fmt: skip
    return answer({"issues": issues, "issueErrors": []})


@blueprint.post("/changelog/bulkfetch")
def bulk_changelog() -> Response:
    """The changes of up to 1000 issues, oldest first, optionally of some fields only.

    An issue is on as many pages as its changes are; one without changes is on none.
    """
    _cloud_only()
    asked = payload()
    wanted = [str(one) for one in asked.get("issueIdsOrKeys") or ()]
    only = set(asked.get("fieldIds") or ())
    if not 1 <= len(wanted) <= 1000 or len(only) > 10:
        raise JiraError(400, "At most 1000 issues and 10 field ids can be asked for.")
    here = site()
    ids = sorted({here.keys.get(one.upper(), one) for one in wanted})
    changes = _changes(ids, only)
    key = json.dumps([ids, sorted(only)])
    start = _offset(asked.get("nextPageToken"), key)
    end = start + (min(number(asked.get("maxResults"), 1000), 10000) or 1000)
    logs: dict[str, list[Json]] = {}
    for ident, change in changes[start:end]:
        logs.setdefault(ident, []).append(change)
    page: Json = {
        "issueChangeLogs": [{"issueId": ident, "changeHistories": logs[ident]} for ident in logs]
    }
    if end < len(changes):
        page["nextPageToken"] = _token(key, end)
    return answer(page)


def _changes(ids: Sequence[str], only: set[str]) -> list[tuple[str, Json]]:
    """Every change of these issues by date, then by issue."""
    found = [(ident, kept) for ident in ids for change in site().histories(ident)
             if (kept := _only(change, only))]  # fmt: skip
    return sorted(found, key=lambda one: (datetime.fromisoformat(one[1]["created"]), int(one[0])))


def _only(change: Json, fields: set[str]) -> Json | None:
    if not fields:
        return change
    items = [item for item in change["items"] if item.get("fieldId") in fields]
    return change | {"items": items} if items else None


def _cloud_only() -> None:
    if not site().cloud:
        raise JiraError(404, "null for uri: " + request.path)
