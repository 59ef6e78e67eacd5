"""The histories of many issues: in bulk on Cloud, beside the issues on Data Center."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from connector.errors import Gone
from connector.work import Ref
from integrations.jira.changes import Now, now_of
from integrations.jira.client import JiraClient
from integrations.jira.entries import Site
from integrations.jira.names import names, with_parts
from integrations.jira.portion import MISSING, Portion, changed, named
from integrations.jira.profile import Profile
from integrations.jira.reading import page
from integrations.jira.refs import by_names, id_of, name_of
from integrations.jira.spec import is_issue_key
from integrations.kit.abreast import abreast
from integrations.kit.answers import Rejected
from integrations.tracker import History

_CLOUD_PORTION, _CENTER_PORTION = 200, 50
_LEAST = 5
"""So few are asked for one by one, rather than by halves, where Jira refuses a list of them."""
_CUT = "Jira shows only a part of this issue's changelog."


def histories(client: JiraClient, profile: Profile, refs: Sequence[Ref]) -> Iterator[History]:
    """The history of every ref, in portions that are read side by side; four calls for the names in
    them come first."""
    asked = list({named(ref): ref for ref in refs}.values())
    if not asked:
        return
    site = Site(profile, names(client, profile.levels))
    gather, size = (_cloud, _CLOUD_PORTION) if profile.cloud else (_center, _CENTER_PORTION)
    portions = (asked[start : start + size] for start in range(0, len(asked), size))
    for portion in abreast(partial(gather, client, profile), portions, width=client.width):
        site = replace(site, names=with_parts(site.names, client, portion.places))
        yield portion.history(site)


def _cloud(client: JiraClient, profile: Profile, refs: Sequence[Ref]) -> Portion:
    portion = Portion()
    known = {id_of(ref): ref for ref in refs if id_of(ref) and is_issue_key(ref.key or "")}
    portion.look(client, profile, [ref for ref in refs if id_of(ref) not in known])
    portion.now |= {ident: Now(ident, ref.key or "") for ident, ref in known.items()}
    _bulk(client, sorted(portion.now, key=int), portion)
    # Neither an issue without changes nor one that is not there is in the answer; and what was
    # ever moved is walked back from where it lies now.
    unsure = [ref for ident, ref in known.items() if _unsure(portion.logs.get(ident))]
    portion.look(client, profile, unsure)
    return portion


def _unsure(log: list[Any] | None) -> bool:
    return not log or "Key" in changed(log)


def _bulk(client: JiraClient, ids: list[str], portion: Portion) -> None:
    """The changelogs of these; by halves when Jira refuses one of them."""
    if not ids:
        return
    try:
        pages = [each for page in client.changelogs(ids) for each in page]
    except Rejected as error:
        if len(ids) == 1:
            portion.untold[ids[0]] = f"Jira says: {error.word.rstrip('.')}."
            return
        for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
            _bulk(client, half, portion)
        return
    for log in pages:
        _keep(log, portion)


def _keep(log: object, portion: Portion) -> None:
    found = log if isinstance(log, dict) else {}
    ident, held = str(found.get("issueId")), found.get("changeHistories")
    if isinstance(held, list):
        portion.logs.setdefault(ident, []).extend(held)
    elif ident in portion.now:
        portion.untold[ident] = "Jira sent a changelog that is not a list."


def _center(client: JiraClient, profile: Profile, refs: Sequence[Ref]) -> Portion:
    portion, taken = Portion(), set[str]()
    asked = {name: ref for ref in refs if (name := name_of(ref))}
    portion.untold |= {named(ref): MISSING for ref in refs if not name_of(ref)}
    for issue in _searched(client, profile, list(asked)):
        if _whole(issue):
            _take(issue, profile, portion)
            taken |= {str(issue.get("id")), str(issue.get("key"))}
    for name, ref in asked.items():
        if name not in taken:
            _single(client, profile, ref, portion)
    return portion


def _searched(client: JiraClient, profile: Profile, asked: list[str]) -> list[Any]:
    """Those that a search lists. It refuses all for one that is not there: what it names is left
    out, else they are asked for by halves."""
    if not asked:
        return []
    pages = client.search(by_names(asked), profile, expand="changelog")
    try:
        return [issue for page in pages for issue in page.issues if isinstance(issue, dict)]
    except Rejected as error:
        left = [name for name in asked if not _is_named(name, error.word)]
    if len(left) < len(asked):
        return _searched(client, profile, left)
    if len(asked) <= _LEAST:
        return []
    half = len(asked) // 2
    return [*_searched(client, profile, asked[:half]), *_searched(client, profile, asked[half:])]


def _is_named(name: str, word: str) -> bool:
    """Whether a refusal names an issue, in whatever language it is."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", word, re.IGNORECASE) is not None


def _single(client: JiraClient, profile: Profile, ref: Ref, portion: Portion) -> None:
    try:
        issue = client.issue(name_of(ref), profile, expand="changelog")
    except Gone:
        portion.untold[named(ref)] = MISSING
        return
    if _whole(issue):
        _take(issue, profile, portion)
    else:
        portion.untold[named(ref)] = _CUT


def _whole(issue: dict[str, Any]) -> bool:
    log = issue.get("changelog")
    held = log.get("histories") if isinstance(log, dict) else None
    return isinstance(held, list) and isinstance(log, dict) and log.get("total") == len(held)


def _take(issue: dict[str, Any], profile: Profile, portion: Portion) -> None:
    found = page([issue], profile)
    portion.untold |= {each.external_id: f"{each.message}." for each in found.unreadable}
    for item in found.items:
        portion.now[item.external_id] = now_of(item)
        portion.logs[item.external_id] = issue["changelog"]["histories"]
