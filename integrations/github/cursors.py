"""Where an incremental read of a repository goes on: in GitHub's own time, a minute back."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.errors import BadReading
from integrations.kit.fields import instant

_OVERLAP = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Cursor:
    """``since`` and, when asking again for just that, the tag of the answer we have."""

    since: datetime
    etag: str | None = None

    def text(self) -> str:
        """The opaque form."""
        shown: dict[str, str] = {"since": stamp(self.since)}
        if self.etag:
            shown["etag"] = self.etag
        return json.dumps(shown)


def read(text: str | None) -> Cursor | None:
    """A stored cursor; None for a full read."""
    if text is None:
        return None
    try:
        value = json.loads(text)
        etag = value.get("etag")
        return Cursor(instant(value["since"]), etag if isinstance(etag, str) else None)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadReading("cursor", "cannot be read; read the repository in full", "it") from error


def back(moment: datetime) -> datetime:
    """The overlap before an instant, in whole seconds, as ``since`` takes them."""
    return moment.replace(microsecond=0) - _OVERLAP


def stamp(moment: datetime) -> str:
    """An instant as GitHub writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
