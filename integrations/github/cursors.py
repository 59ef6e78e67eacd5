"""Where an incremental read goes on: in GitHub's own time, a minute back."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connector.errors import BadReading
from integrations.github.lists import Lists
from integrations.github.tagged import Pages, pages_of
from integrations.kit.fields import instant

_OVERLAP = timedelta(seconds=60)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anything on GitHub."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How far comments were heard: since when the next read asks, by the tag of the answer we have;
    ``done`` are comments with commands that were told, with the time of their last change."""

    since: datetime
    etag: str | None = None
    done: Mapping[str, str] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As JSON values."""
        return {"since": stamp(self.since), "etag": self.etag, "done": dict(self.done)}

    @classmethod
    def of(cls, value: Any) -> "Heard":
        """From JSON values; raises as ``KeyError``, ``TypeError`` and their like for any other."""
        etag, done = value["etag"], value["done"].items()
        told = {str(ident): str(at) for ident, at in done}
        return cls(instant(value["since"]), etag if isinstance(etag, str) else None, told)


@dataclass(frozen=True, slots=True)
class Cursor:
    """``since`` and, when asking again for just that, the tag of the answer we have.

    ``members`` are names the next read needs: the issues of a milestone or of a project. ``tagged``
    are the pages of other lists that are read again, by a name each. ``lists`` are the small lists
    as they were last read. ``count`` is how many issues there are as far as we know, and ``top``
    the highest number of one. ``swept`` is when the last look at everything began, by GitHub's
    clock. ``heard`` is how far comments were, where commands in them are. ``children`` are the
    sub-issues in other repositories, by their parents.
    """

    since: datetime
    etag: str | None = None
    members: frozenset[str] = frozenset()
    tagged: Mapping[str, Pages] = field(default_factory=dict)
    lists: Lists | None = None
    count: int | None = None
    top: int = 0
    swept: datetime | None = None
    heard: Heard | None = None
    children: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """The cursor as JSON values."""
        told = {
            "etag": self.etag,
            "members": sorted(self.members),
            "tagged": {name: list(map(list, each)) for name, each in self.tagged.items()},
            "lists": self.lists.document() if self.lists else None,
            "count": self.count,
            "top": self.top,
            "swept": stamp(self.swept) if self.swept else None,
            "heard": self.heard.shown() if self.heard else None,
            "children": {key: sorted(each) for key, each in self.children.items()},
        }
        return {"since": stamp(self.since), **{k: v for k, v in told.items() if v}}

    def text(self) -> str:
        """The opaque form."""
        return json.dumps(self.shown())


def read(text: str | None) -> Cursor | None:
    """A stored cursor; None for a full read."""
    if text is None:
        return None
    with _spoilt():
        return _cursor(json.loads(text))
    raise AssertionError("a cursor that cannot be read is refused")


def remembered(text: str | None) -> Cursor | None:
    """The cursor of the last look, for where everything is read anew; None for one of another
    kind."""
    try:
        return read(text)
    except BadReading:
        return None


def many_text(cursors: Mapping[str, Cursor]) -> str:
    """The cursors of several repositories as one."""
    return json.dumps({repo: each.shown() for repo, each in cursors.items()})


def read_many(text: str | None) -> dict[str, Cursor] | None:
    """The stored cursors of several repositories; None for a full read."""
    if text is None:
        return None
    with _spoilt():
        return {str(repo): _cursor(each) for repo, each in json.loads(text).items()}
    raise AssertionError("a cursor that cannot be read is refused")


def _cursor(value: Any) -> Cursor:
    etag, lists, swept = value.get("etag"), value.get("lists"), value.get("swept")
    count = value.get("count")
    return Cursor(
        since=instant(value["since"]),
        etag=etag if isinstance(etag, str) else None,
        members=frozenset(map(str, value.get("members", ()))),
        tagged={str(name): pages_of(each) for name, each in value.get("tagged", {}).items()},
        lists=Lists.of(lists) if lists else None,
        count=None if count is None else int(count),
        top=int(value.get("top", 0)),
        swept=instant(swept) if swept else None,
        heard=Heard.of(value["heard"]) if value.get("heard") else None,
        children={
            str(key): frozenset(map(str, each)) for key, each in value.get("children", {}).items()
        },
    )


@contextmanager
def _spoilt() -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadReading("cursor", "cannot be read; read the source in full", "it") from error


def back(moment: datetime) -> datetime:
    """The overlap before an instant, in whole seconds, as ``since`` takes them."""
    return moment.replace(microsecond=0) - _OVERLAP


def stamp(moment: datetime) -> str:
    """An instant as GitHub writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
