"""Many issues and their changes read by id, past the search's index; Cloud only."""

import json
from collections.abc import Sequence
from datetime import datetime

from flask import Response, g

from integrations.simulators.jira.render import Manner, chosen, drawn
from integrations.simulators.jira.state import JiraError
from integrations.simulators.jira.tokens import offset, token
from integrations.simulators.jira.web import (
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

blueprint = api("bulk")
BULK_HISTORY = 40
MOST_ISSUES, MOST_LOGS, MOST_FIELDS, MOST_CHANGES = 100, 1000, 10, 10_000
FETCH = {
    "issueIdsOrKeys": list, "fields": list, "expand": list, "fieldsByKeys": bool,
    "properties": list,
}  # fmt: skip
LOGS = {"issueIdsOrKeys": list, "fieldIds": list, "maxResults": int, "nextPageToken": str}


@blueprint.post("/issue/bulkfetch")
def bulk_fetch() -> Response:
    """Up to 100 issues in ascending id order; what is not there or not seen is left out."""
    cloud_only()
    here, asked = site(), payload()
    exactly(asked, FETCH)
    ids = _ids(asked, MOST_ISSUES)
    issues = [here.issues[ident] for ident in ids if ident in here.issues]
    seen = sorted((one for one in issues if here.sees(one)), key=lambda one: int(one.id))
    manner = Manner(g.version, chosen(here, listed(asked.get("fields")) or ["*navigable"]),
                    "changelog" in listed(asked.get("expand")), BULK_HISTORY)  # fmt: skip
    g.objects = len(seen)
    texts = [drawn(here, issue, manner) for issue in seen]
    return listing("issues", texts, {"issueErrors": []})


@blueprint.post("/changelog/bulkfetch")
def bulk_changelog() -> Response:
    """The changes of up to 1000 issues, oldest first, optionally of some fields only.

    An issue is on as many pages as its changes are; one without changes is on none.
    """
    cloud_only()
    here, asked = site(), payload()
    exactly(asked, LOGS)
    ids, only = sorted(_ids(asked, MOST_LOGS)), {str(one) for one in asked.get("fieldIds") or ()}
    if len(only) > MOST_FIELDS:
        raise JiraError(400, f"At most {MOST_FIELDS} field ids can be asked for.")
    changes, key = _changes(ids, only), json.dumps([ids, sorted(only)])
    start = offset(asked.get("nextPageToken"), key, here.token_life)
    end = start + (min(number(asked.get("maxResults"), 1000), MOST_CHANGES) or 1000)
    logs: dict[str, list[Json]] = {}
    for ident, change in changes[start:end]:
        logs.setdefault(ident, []).append(change)
    g.objects = len(logs)
    page: Json = {
        "issueChangeLogs": [{"issueId": ident, "changeHistories": logs[ident]} for ident in logs]
    }
    if end < len(changes):
        page["nextPageToken"] = token(key, end)
    return answer(page)


def _ids(asked: Json, most: int) -> set[str]:
    wanted = [str(one) for one in asked.get("issueIdsOrKeys") or ()]
    if not 1 <= len(wanted) <= most:
        raise JiraError(400, f"The number of issue IDs or keys must be between 1 and {most}.")
    return {site().keys.get(one.upper(), one) for one in wanted}


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
