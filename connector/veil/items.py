"""Work items, what they serve and where they miss it, without what may not be seen."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connector.attribution import ItemReport, OnceReport, PersonItem, ServedReport, ServingReport
from connector.coverage import EmptyLinkReport, PlaceReport, TwiceReport, UnsizedLinkReport
from connector.veil.hidden import Hidden
from connector.veil.links import contribution


def _item(sight: Hidden, _: ItemReport, item: ItemReport) -> ItemReport:
    if sight.sees_named(item.connection):
        return item
    title, gone = sight.words.item(item.connection), item.gone and ""
    return replace(item, key="", title=title, url="", place="", type="", gone=gone)


def _person_item(sight: Hidden, was: PersonItem, shown: PersonItem) -> PersonItem:
    at = was.item.connection
    if sight.sees_named(at):
        return shown
    serves = tuple(replace(each, scope=sight.words.work(at)) for each in shown.serves)
    return replace(shown, serves=serves, reason="")


def _serving(sight: Hidden, _: ServingReport, shown: ServingReport) -> ServingReport:
    if sight.sees_link(shown.link):
        return shown
    at = sight.links[shown.link].connection
    row = contribution(sight, shown.contribution, at)
    return replace(shown, scope=sight.words.work(at), title="", url="", contribution=row)


def _served(sight: Hidden, _: ServedReport, shown: ServedReport) -> ServedReport:
    return replace(shown, scope=_scope(sight, shown.scope))


def _once(sight: Hidden, _: OnceReport, shown: OnceReport) -> OnceReport:
    if sight.sees_link(shown.link):
        return shown
    return replace(shown, scope=sight.words.work(sight.links[shown.link].connection), reason="")


def _scope(sight: Hidden, scope: str) -> str:
    found = (each for each in sight.links.values() if each.scope == scope)
    hidden = next(found, None)
    return sight.words.work(hidden.connection) if hidden else scope


def _place(sight: Hidden, _: PlaceReport, shown: PlaceReport) -> PlaceReport:
    """A project's or repository's name tells as much as a title."""
    seen = sight.sees_named(shown.connection)
    return shown if seen else replace(shown, place="", newest=())


def _twice(sight: Hidden, _: TwiceReport, shown: TwiceReport) -> TwiceReport:
    if shown.link is None or sight.sees_link(shown.link):
        return shown
    return replace(shown, item=sight.words.item(sight.links[shown.link].connection))


def _empty(sight: Hidden, _: EmptyLinkReport, shown: EmptyLinkReport) -> EmptyLinkReport:
    if sight.sees_link(shown.link):
        return shown
    return replace(shown, scope=sight.words.work(sight.links[shown.link].connection))


def _unsized(sight: Hidden, _: UnsizedLinkReport, shown: UnsizedLinkReport) -> UnsizedLinkReport:
    if sight.sees_link(shown.link):
        return shown
    at = sight.links[shown.link].connection
    return replace(shown, scope=sight.words.work(at), keys=())


RULES: Mapping[type, Callable[[Hidden, Any, Any], Any]] = {
    ItemReport: _item,
    PersonItem: _person_item,
    ServingReport: _serving,
    ServedReport: _served,
    OnceReport: _once,
    PlaceReport: _place,
    TwiceReport: _twice,
    EmptyLinkReport: _empty,
    UnsizedLinkReport: _unsized,
}
