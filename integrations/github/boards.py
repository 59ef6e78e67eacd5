"""From the payload of a project's items to work items on its board; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connector.work import WorkItem
from integrations.github.places import repository_of
from integrations.github.scopes import folded
from integrations.kit.fields import Fields

_STATUS = "status"
_WHOLE = {"id", "state", "labels", "milestone", "created_at", "updated_at"}


@dataclass(frozen=True, slots=True)
class Board:
    """A project by owner and number, ``acme`` and ``3``."""

    owner: str
    number: str

    @property
    def tag(self) -> str:
        """The tag of everything in it."""
        return f"project:{self.owner}/{self.number}"


@dataclass(frozen=True, slots=True)
class Card:
    """An issue or pull request in a project: since when, its status and numbers there.

    ``content`` is the issue as the project shows it, None where that is not all of it: a pull
    request has another id there.
    """

    key: str
    added_at: datetime
    updated_at: datetime
    status: str | None
    numbers: Mapping[str, float]
    content: Mapping[str, Any] | None


def card(item: object, board: Board) -> Card | None:
    """One item of a project; None for a draft. Raises ``BadReading`` naming the wrong field."""
    if not isinstance(item, dict):
        Fields({}).wrong("item", "is not an object")
    fields = Fields(item, item=board.tag)
    content = fields.maybe_within("content")
    if content is None or fields.maybe_text("content_type") not in ("Issue", "PullRequest"):
        return None
    pull = fields.text("content_type") == "PullRequest"
    shown = fields.each("fields")
    changed = (fields.maybe_instant("updated_at"), content.maybe_instant("updated_at"))
    added = fields.instant("created_at")
    return Card(
        key=f"{_repository(content, pull=pull).lower()}#{content.identifier('number')}",
        added_at=added,
        updated_at=max((at for at in changed if at), default=added),
        status=next((name for each in shown if (name := _status(each))), None),
        numbers={f"{board.tag}/{name}": value for name, value in _numbers(shown)},
        content=None if pull or not content.values.keys() >= _WHOLE else content.values,
    )


def on_board(item: WorkItem, found: Card, board: Board) -> WorkItem:
    """The item with what only the project knows of it."""
    tags = {board.tag}
    if found.status:
        tags.add(f"board:{board.owner}/{board.number}/{folded(found.status)}")
    return replace(item, tags=item.tags | tags, numbers={**item.numbers, **found.numbers})


def wanted_fields(fields: list[object]) -> list[str]:
    """The ids of the fields to ask for: the status and every number."""
    known = [each for each in fields if isinstance(each, dict)]
    return [str(each.get("id")) for each in known if _is_status(each) or _kind(each) == "number"]


def _repository(content: Fields, *, pull: bool) -> str:
    url = content.maybe_text("issue_url" if pull else "repository_url") or content.text("url")
    return repository_of(url) or content.wrong("url", "names no repository")


def _kind(field: Mapping[str, Any]) -> object:
    return field.get("data_type") or field.get("type")


def _is_status(field: Mapping[str, Any]) -> bool:
    return _kind(field) == "single_select" and folded(str(field.get("name"))) == _STATUS


def _status(field: Fields) -> str | None:
    if not _is_status(field.values):
        return None
    value = field.values.get("value")
    name = value.get("name") if isinstance(value, dict) else value
    raw = name.get("raw") if isinstance(name, dict) else name
    return raw if isinstance(raw, str) else None


def _numbers(fields: tuple[Fields, ...]) -> Iterator[tuple[str, float]]:
    for each in fields:
        value = each.number("value")
        if _kind(each.values) == "number" and value is not None:
            yield each.text("name"), value
