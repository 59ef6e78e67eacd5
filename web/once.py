"""After a change a page is asked for anew, and tells once what the change brought.

So loading it again changes nothing again. The browser's cookie holds only what leads to the words.
"""

from typing import Any

from flask import g, session

from sync import once
from web.current import runtime

_KEY = "once"


def tell(page: str, **words: Any) -> None:
    """Have the next look at a page tell this; ``page`` names it beyond all others."""
    session[_KEY] = once.keep(runtime(), {"page": page, "words": words}, who())


def told(page: str, *, again: bool = False) -> dict[str, Any]:
    """What is to be told on a page now, and never again unless that is meant; empty for nothing."""
    key = session.get(_KEY)
    found = once.look(runtime(), key, who()) if key else None
    if key is None or found is None or found["page"] != page:
        return {}
    if again:
        words: dict[str, Any] = found["words"]
        return words
    session.pop(_KEY)
    taken = once.take(runtime(), key, who())
    return dict(taken["words"]) if taken else {}


def who() -> str:
    """Whom words and sign-ins under way belong to."""
    return f"user/{g.principal.user_id}"
