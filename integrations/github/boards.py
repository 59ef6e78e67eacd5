"""From the payload of a project's items to work items on its board; pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from connector.conditions import span
from connector.errors import BadReading
from connector.work import WorkItem
from integrations.github.columns import Column, amount, iteration, raw
from integrations.github.filters import day_tag, span_tag, value_tag
from integrations.github.places import repository_of
from integrations.github.scopes import folded
from integrations.kit.fields import Fields

_WHOLE = {"id", "state", "labels", "milestone", "created_at", "updated_at"}
_LONGEST = 200
"""Characters of a text value that a filter compares."""


@dataclass(frozen=True, slots=True)
class Board:
    """A project by owner and number, ``acme`` and ``3``."""

    owner: str
    number: str

    @property
    def place(self) -> str:
        """What its fields belong to in tags."""
        return f"{self.owner}/{self.number}"

    @property
    def tag(self) -> str:
        """The tag of everything in it."""
        return f"project:{self.place}"

    @property
    def name(self) -> str:
        """What sentences call it."""
        return f"Project {self.number} of {self.owner}"


@dataclass(frozen=True, slots=True)
class Card:
    """An issue or pull request in a project: since when, its status, numbers and values there.

    ``values`` are the tags of what filters ask for. ``content`` is the issue as the project shows
    it, None where that is not all of it: a pull request has another id there.
    """

    key: str
    added_at: datetime
    updated_at: datetime
    status: str | None
    numbers: Mapping[str, float]
    content: Mapping[str, Any] | None
    values: frozenset[str] = frozenset()


def card(item: object, board: Board, columns: Iterable[Column]) -> Card | None:
    """One item of a project, with these of its fields; None for a draft.

    Raises ``BadReading`` naming the wrong field, or for what the token may not see.
    """
    if not isinstance(item, dict):
        Fields({}).wrong("item", "is not an object")
    fields = Fields(item, item=board.tag)
    if fields.maybe_text("content_type") == "DraftIssue":
        return None
    content = _content(fields, board)
    pull = fields.text("content_type") == "PullRequest"
    held = {each.identifier("id"): each.values.get("value") for each in fields.each("fields")}
    told = ((column, held.get(column.ident)) for column in columns)
    shown = [(column, value) for column, value in told if value is not None]
    changed = (fields.maybe_instant("updated_at"), content.maybe_instant("updated_at"))
    added = fields.instant("created_at")
    return Card(
        key=f"{_repository(content, pull=pull).lower()}#{content.identifier('number')}",
        added_at=added,
        updated_at=max((at for at in changed if at), default=added),
        status=next((_chosen(*each) for each in shown if each[0].is_status), None),
        numbers=dict(_numbers(shown, board)),
        content=None if pull or not content.values.keys() >= _WHOLE else content.values,
        values=frozenset(_values(shown, board)),
    )


def on_board(item: WorkItem, found: Card, board: Board) -> WorkItem:
    """The item with what only the project knows of it."""
    tags = {board.tag, *found.values}
    if found.status:
        tags.add(f"board:{board.place}/{folded(found.status)}")
    return replace(item, tags=item.tags | tags, numbers={**item.numbers, **found.numbers})


def _content(fields: Fields, board: Board) -> Fields:
    content = fields.maybe_within("content")
    if content is None or not content.values:
        raise BadReading(
            "an item",
            "lies in a repository that this token may not see: it counts only where it was seen"
            " before, as it was then",
            board.name,
        )
    return content


def _repository(content: Fields, *, pull: bool) -> str:
    url = content.maybe_text("issue_url" if pull else "repository_url") or content.text("url")
    return repository_of(url) or content.wrong("url", "names no repository")


def _chosen(column: Column, value: object) -> str | None:
    """The option a value is, as it is called today: its id is what it is known by."""
    if not isinstance(value, dict):
        return raw(value)
    return column.options.get(str(value.get("id"))) or raw(value.get("name"))


def _numbers(shown: Iterable[tuple[Column, Any]], board: Board) -> Iterator[tuple[str, float]]:
    for column, value in shown:
        if column.kind == "number":
            found = Fields({"value": value}).number("value")
        else:
            found = amount(_chosen(column, value) or "") if column.is_number else None
        if found is not None:
            yield from ((f"{board.tag}/{name}", found) for name in (*column.former, column.name))


def _values(shown: Iterable[tuple[Column, Any]], board: Board) -> Iterator[str]:
    """The tags of the values that are no status and no number."""
    for column, value in shown:
        match column.kind:
            case "single_select" if not (column.is_status or column.is_number):
                if name := _chosen(column, value):
                    yield value_tag(board.place, column.name) + folded(name)
            case "text":
                if text := raw(value):
                    yield value_tag(board.place, column.name) + folded(text)[:_LONGEST]
            case "date":
                if day := _day(value):
                    yield day_tag(board.place, column.name) + day.isoformat()
            case "iteration":
                if found := _iteration(column, value):
                    yield span_tag(board.place, column.name) + found


def _iteration(column: Column, value: object) -> str | None:
    """The iteration a value is, as it is called and dated today; by itself where it is gone."""
    known = column.around(str(value.get("id"))) if isinstance(value, dict) else None
    alone = iteration(value)
    return known or (span(alone.start, alone.end, None, None, alone.title) if alone else None)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
