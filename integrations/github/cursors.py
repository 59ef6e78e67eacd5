"""Where an incremental read goes on: in GitHub's own time, a minute back."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connector.errors import BadReading
from integrations.kit.fields import instant

_OVERLAP = timedelta(seconds=60)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anything on GitHub."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """``since`` and, when asking again for just that, the tag of the answer we have.

    ``members`` are names the next read needs: the parents with sub-issues in other repositories,
    the issues of a milestone or of a project.
    """

    since: datetime
    etag: str | None = None
    members: frozenset[str] = frozenset()

    def shown(self) -> dict[str, Any]:
        """The cursor as JSON values."""
        shown: dict[str, Any] = {"since": stamp(self.since)}
        if self.etag:
            shown["etag"] = self.etag
        if self.members:
            shown["members"] = sorted(self.members)
        return shown

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
    etag, members = value.get("etag"), frozenset(map(str, value.get("members", ())))
    return Cursor(instant(value["since"]), etag if isinstance(etag, str) else None, members)


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
