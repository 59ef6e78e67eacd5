"""Links, and what stands behind a number, without work that may not be seen."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connector.explained import ContributionReport, Explanation, LinkExplanation, MovementReport
from connector.freshness import ConnectionReport
from connector.outlook import Outlook
from connector.report import Failing, KeyResultReport, LinkReport
from connector.veil.hidden import Hidden


def _link(sight: Hidden, _: LinkReport, link: LinkReport) -> LinkReport:
    if sight.sees_link(link.id):
        return link
    at = sight.links[link.id].connection
    hidden: dict[str, Any] = {"scope": sight.words.work(at), "title": "", "url": "", "called": None}
    error = sight.words.error(at) if link.error else None
    return replace(link, **hidden, error=error, history_note=None)


def _key_result(sight: Hidden, was: KeyResultReport, row: KeyResultReport) -> KeyResultReport:
    reason = row.reason
    for link in was.links:
        if not sight.sees_link(link.id):
            at = sight.links[link.id].connection
            if link.error:
                reason = reason.replace(link.error, sight.words.error(at))
            reason = reason.replace(link.scope, sight.words.work(at))
    return replace(row, reason=reason)


def _explained_link(sight: Hidden, _: LinkExplanation, shown: LinkExplanation) -> LinkExplanation:
    if sight.sees_link(shown.link.id):
        return shown
    at = sight.links[shown.link.id].connection
    return replace(
        shown,
        contributions=tuple(contribution(sight, each, at) for each in shown.contributions),
        movements=tuple(_movement(sight, each, at) for each in shown.movements),
        past=tuple(_movement(sight, each, at) for each in shown.past),
    )


def contribution(sight: Hidden, row: ContributionReport, at: str) -> ContributionReport:
    """An item's part in a link, without the item; ``at`` is its connection's name."""
    return replace(row, item="", title=sight.words.item(at), url="", reason="")


def _movement(sight: Hidden, row: MovementReport, at: str) -> MovementReport:
    return replace(row, item=sight.words.item(at), why="")


def _explanation(sight: Hidden, was: Explanation, shown: Explanation) -> Explanation:
    """Changes name items and scopes of ended links too: only what a seen link holds is named."""
    place = (shown.cycle, shown.key_result.key)
    found = [each for each in sight.links.values() if each.key_result == place]
    if not found:
        return shown
    seen = [each for each in was.links if sight.sees_link(each.link.id)]
    items = {row.item for each in seen for row in each.contributions}
    moved = {row.item for each in seen for row in (*each.movements, *each.past)}
    named = items | moved | {each.link.scope for each in seen} | {""}
    scopes = {each.scope: sight.words.work(each.connection) for each in found}
    item = sight.words.item(found[0].connection)
    told = (
        replace(
            each,
            subject=each.subject if each.subject in named else scopes.get(each.subject, item),
            scope=scopes.get(each.scope, each.scope),
        )
        for each in shown.changes
    )
    return replace(shown, changes=tuple(told))


def _outlook(sight: Hidden, _: Outlook, shown: Outlook) -> Outlook:
    def told(sentence: str) -> str:
        for each in sight.links.values():
            for note in each.notes:
                sentence = sentence.replace(note, sight.words.error(each.connection))
            sentence = sentence.replace(each.scope, sight.words.work(each.connection))
        return sentence

    sentences = tuple(map(told, shown.sentences))
    return replace(shown, starts=told(shown.starts), reason=told(shown.reason), sentences=sentences)


def _connection(sight: Hidden, _: ConnectionReport, shown: ConnectionReport) -> ConnectionReport:
    if sight.sees_named(shown.name):
        return shown
    error = sight.words.error(shown.name)
    sources = tuple(
        replace(each, key=sight.words.work(shown.name), error=each.error and error)
        for each in shown.sources
    )
    item = sight.words.item(shown.name)
    unreadable = tuple((item, "") for _key, _sentence in shown.unreadable)
    own = shown.error and error
    return replace(shown, error=own, sources=sources, unreadable=unreadable)


def _failing(sight: Hidden, _: Failing, shown: Failing) -> Failing:
    at = shown.connection
    if sight.sees_named(at):
        return shown
    error = sight.words.error(at)
    return replace(
        shown,
        source=shown.source and sight.words.work(at),
        refused=shown.refused and error,
        error=shown.error and error,
    )


RULES: Mapping[type, Callable[[Hidden, Any, Any], Any]] = {
    LinkReport: _link,
    KeyResultReport: _key_result,
    LinkExplanation: _explained_link,
    Explanation: _explanation,
    Outlook: _outlook,
    ConnectionReport: _connection,
    Failing: _failing,
}
