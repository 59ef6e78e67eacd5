"""GitHub's scopes as text: what their values name, and the tags that stand for them."""

import re

from connector.errors import BadScope, Refused
from integrations.github.filters import Asked, filters

_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_PROJECTS = "/projects/"


def repository(value: str) -> str:
    """``OWNER/REPO`` in lower case, or ``Refused``; GitHub's names know no case."""
    name = value.partition("/")[2]
    if not _REPO.fullmatch(value) or name in (".", ".."):
        raise Refused(f"{value!r} is not a repository of the form OWNER/REPO, such as acme/api")
    return value.lower()


def is_repository(text: str) -> bool:
    """Whether a text has the form of a repository's name."""
    return bool(_REPO.fullmatch(text)) and text.partition("/")[2] not in (".", "..")


def numbered(value: str, what: str) -> tuple[str, str]:
    """Repository and number of ``OWNER/REPO/NUMBER``, or ``Refused``."""
    place, _, number = value.rpartition("/")
    if not _is_number(number):
        raise Refused(f"{value!r} is not {what} OWNER/REPO/NUMBER, such as acme/api/7")
    return repository(place), str(int(number))


def milestone(value: str) -> tuple[str, str]:
    """Repository and number of ``OWNER/REPO/NUMBER``, or ``OWNER/*`` and the title of
    ``OWNER/*/TITLE``: the milestones of that title in any repository."""
    owner, _, rest = value.partition("/")
    star, _, title = rest.partition("/")
    if star != "*":
        return numbered(value, "a milestone")
    if not _OWNER.fullmatch(owner) or not title.strip():
        raise Refused(f"{value!r} is not a milestone OWNER/*/TITLE, such as acme/*/v2")
    return f"{owner.lower()}/*", title.strip()


def label(value: str) -> tuple[str, str]:
    """Repository and name of ``OWNER/REPO/NAME``, or ``Refused``; the name may hold slashes."""
    owner, _, rest = value.partition("/")
    repo, _, name = rest.partition("/")
    if not name.strip():
        raise Refused(f"{value!r} is not a label OWNER/REPO/NAME, such as acme/api/bug")
    return repository(f"{owner}/{repo}"), name.strip()


def issue(value: str) -> tuple[str, str]:
    """Repository and number of an issue ``OWNER/REPO/NUMBER``, or ``Refused``."""
    return numbered(value, "an issue")


def project(value: str) -> tuple[str, str]:
    """Owner and number of ``OWNER/NUMBER`` with or without a filter, or ``Refused``.

    ``users/OWNER/NUMBER`` and ``orgs/OWNER/NUMBER`` name the same and say whose it is.
    """
    place = value.partition("?")[0].strip()
    owner, _, number = place.removeprefix("users/").removeprefix("orgs/").partition("/")
    if not (_OWNER.fullmatch(owner) and _is_number(number)):
        raise Refused(f"{place!r} is not a project OWNER/NUMBER, such as acme/3")
    return owner.lower(), str(int(number))


def conditions(value: str) -> tuple[Asked, ...]:
    """What the filter of a project's scope asks of its items; raises ``Refused``."""
    _, mark, text = value.partition("?")
    return filters(*project(value), text) if mark else ()


def project_source(owner: str, number: str) -> str:
    """The source that reads a project."""
    return f"{owner}{_PROJECTS}{number}"


def project_of(source: str) -> tuple[str, str] | None:
    """Owner and number of a source that reads a project."""
    owner, _, number = source.partition(_PROJECTS)
    fits = _OWNER.fullmatch(owner) and _is_number(number)
    return (owner.lower(), str(int(number))) if fits else None


def owner_of(source: str) -> str | None:
    """The owner of a source that reads many repositories, ``acme/*``."""
    owner, _, rest = source.partition("/")
    return owner.lower() if rest == "*" and _OWNER.fullmatch(owner) else None


def repository_source(source: str) -> str:
    """The repository of a source that reads one; raises ``BadScope``."""
    try:
        return repository(source)
    except Refused as error:
        raise BadScope(str(error)) from error


def tag(kind: str, place: str, name: str = "") -> str:
    """The tag of a repository, of a part of it, or of a project."""
    return f"{kind}:{place}/{name}".lower() if name else f"{kind}:{place}".lower()


def titled(repo: str, title: str) -> str:
    """The tag of the milestones with a title in any repository of an owner."""
    return f"milestones:{repo.partition('/')[0].lower()}/{folded(title)}"


def folded(title: str) -> str:
    """A title as it is compared."""
    return title.strip().casefold()


def issue_key(key: str | None) -> tuple[str, str] | None:
    """Repository in lower case and number of ``acme/api#7``."""
    place, _, number = (key or "").rpartition("#")
    name = place.partition("/")[2]
    fits = _REPO.fullmatch(place) and name not in (".", "..") and _is_number(number)
    return (place.lower(), str(int(number))) if fits else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12 and int(text) > 0
