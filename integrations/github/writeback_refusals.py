"""Where notes go, and what it means when GitHub refuses one: a sentence with what is missing."""

from collections.abc import Iterator
from contextlib import contextmanager

from connector.errors import AccessDenied, Declined, Gone, TrackerError, Unavailable
from connector.work import Ref
from integrations.github.scopes import issue_key
from integrations.kit.answers import Absent, Denied, Moved, Rejected
from integrations.tracker import Note

_NEEDS = {
    "block": ("the descriptions of milestones", "Issues: Read and write", "Write"),
    "comment": ("comments", "Issues: Read and write", "Read"),
    "reply": ("comments", "Issues: Read and write", "Read"),
    "check": ("check runs", "Checks: Read and write", "Write"),
}
"""What each kind of note is called, the permission it needs, and the role of a person."""
_MOVED = (
    "it is found elsewhere now (renamed, moved or transferred), where nothing is written before"
    " that was read"
)
_APPS_ONLY = (
    "GitHub takes check runs from GitHub Apps only: connect this GitHub as an App, or leave out"
    " the kind check."
)
_LASTING = ("archived", "locked", "is disabled", "are disabled")
"""Words of refusals that no right mends."""


class Unheard(Gone):
    """GitHub says that what was just read is not there to be written: it lacks a right."""


def place_of(ref: Ref) -> tuple[str, str]:
    """Repository and number of an item's key, ``acme/api#7``; raises ``Declined``."""
    found = issue_key(ref.key)
    if found is None:
        raise Declined(f"{ref.key} names no issue of GitHub.", final=True)
    return found


def milestone_of(ref: Ref) -> tuple[str, str]:
    """Repository and number of a milestone, ``acme/api/7``."""
    place, _, number = (ref.key or "").rpartition("/")
    return place, number


@contextmanager
def explained(note: Note, ref: Ref, *, gone_is_fine: bool = False) -> Iterator[None]:
    """Turn what goes wrong into its sentence; nothing is written where a redirect leads."""
    try:
        yield
    except Unheard as error:
        if isinstance(error.__cause__, Absent) and error.__cause__.final:
            raise Gone(str(error)) from error  # it says itself that it is gone: no right mends it
        raise AccessDenied(_lacking(note, ref, str(error))) from error
    except Gone as error:
        if not gone_is_fine:
            raise (Gone(_MOVED) if isinstance(error, Moved) else error) from error
    except (Denied, Rejected) as error:
        raise _understood(note, ref, error) from error


def identifier(found: dict[str, object]) -> str:
    """GitHub's id of what it shows."""
    ident = found.get("id")
    if isinstance(ident, bool) or not isinstance(ident, int) or ident <= 0:
        raise Unavailable("GitHub did not say the id of what was written.")
    return str(ident)


def _understood(note: Note, ref: Ref, error: Denied | Rejected) -> TrackerError:
    word = error.word.lower()
    if any(each in word for each in _LASTING):
        return Declined(f"GitHub refuses it: {error.word}.", final=True)
    if isinstance(error, Rejected):
        return error
    if note.kind == "check" and "authenticate via a github app" in word:
        return AccessDenied(_APPS_ONLY)
    if any(each in word for each in ("not accessible", "admin rights", "permission")):
        return AccessDenied(_lacking(note, ref, error.word))
    return error


def _lacking(note: Note, ref: Ref, word: str) -> str:
    what, permission, role = _NEEDS[note.kind]
    place = (milestone_of(ref) if note.kind == "block" else place_of(ref))[0]
    said = f" GitHub says: {word.rstrip('.')}."
    if "integration" in word:
        return (
            f"The GitHub App may not write {what} in {place}: give it the permission {permission},"
            f" which an owner then has to accept on the page of the installation.{said}"
        )
    return (
        f"GitHub does not let this account write {what} in {place}: a fine-grained token needs"
        f" {permission} for this repository, a classic one the scope repo (public_repo where it is"
        f" public), and the account at least the role {role} there.{said}"
    )
