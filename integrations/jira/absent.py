"""Who says that something is gone: Jira itself, not what stands before it."""

from collections.abc import Iterator
from contextlib import contextmanager

from connector.errors import Unavailable
from integrations.kit.answers import Absent, Moved


@contextmanager
def from_jira() -> Iterator[None]:
    """A redirect (to a sign-in page, say) or a page instead of Jira's answer is no word that
    something is not there: it becomes ``Unavailable``, to be tried again."""
    try:
        yield
    except Moved as error:
        raise Unavailable(str(error)) from error
    except Absent as error:
        if error.told:
            raise
        raise Unavailable(
            "What answered is not Jira (HTTP 404 without Jira's own words):"
            " a sign-in page or proxy stands before it."
        ) from error
