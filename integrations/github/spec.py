"""What the GitHub tracker declares: settings, scope kinds, reasons that mean dropped."""

import re
from collections.abc import Callable
from urllib.parse import quote as escaped

from connector.errors import Refused
from connector.scopes import Selector, Tagged
from integrations.tracker import ScopeKind, Setting, Spec

_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")


def repository(value: str) -> str:
    """``OWNER/REPO`` in lower case, or ``Refused``; GitHub's names know no case."""
    name = value.partition("/")[2]
    if not _REPO.fullmatch(value) or name in (".", ".."):
        raise Refused(f"{value!r} is not a repository of the form OWNER/REPO, such as acme/api")
    return value.lower()


def milestone(value: str) -> tuple[str, str]:
    """Repository and number of ``OWNER/REPO/NUMBER``, or ``Refused``."""
    place, _, number = value.rpartition("/")
    if not (number.isascii() and number.isdigit() and len(number) < 12) or int(number) < 1:
        raise Refused(f"{value!r} is not a milestone OWNER/REPO/NUMBER, such as acme/api/7")
    return repository(place), str(int(number))


def label(value: str) -> tuple[str, str]:
    """Repository and name of ``OWNER/REPO/NAME``, or ``Refused``; the name may hold slashes."""
    owner, _, rest = value.partition("/")
    repo, _, name = rest.partition("/")
    if not name.strip():
        raise Refused(f"{value!r} is not a label OWNER/REPO/NAME, such as acme/api/bug")
    return repository(f"{owner}/{repo}"), name.strip()


def tag(kind: str, repo: str, name: str = "") -> str:
    """The tag of a repository or of a part of it."""
    return f"{kind}:{repo}/{name}".lower() if name else f"{kind}:{repo}".lower()


_WAYS: dict[str, Callable[[str], tuple[str, str]]] = {
    "milestone": milestone,
    "label": label,
    "repo": lambda value: (repository(value), ""),
}
_PAGES = {"milestone": "/milestone/{}", "label": "/labels/{}", "repo": "{}"}


def _kind(kind: str, title: str, example: str) -> ScopeKind:
    split = _WAYS[kind]

    def select(value: str) -> Selector:
        return Tagged(tag(kind, *split(value)))

    def url(browse: str, value: str) -> str:
        place, name = split(value)
        return f"{browse}/{place}{_PAGES[kind].format(escaped(name, safe=''))}"

    return ScopeKind(
        kind, title, example, select=select, source=lambda value: split(value)[0], url=url
    )


SPEC = Spec(
    key="github",
    label="GitHub",
    settings=(
        Setting(
            "token",
            "Personal access token",
            "Fine-grained: access to the repositories, with Issues: Read-only.",
            secret=True,
            required=True,
        ),
    ),
    scope_kinds=(
        _kind("milestone", "Milestone", "acme/api/7"),
        _kind("repo", "Repository", "acme/api"),
        _kind("label", "Label", "acme/api/okr"),
    ),
    dropped=frozenset({"not_planned", "duplicate", "unmerged"}),
    capabilities=frozenset({"webhooks"}),
    webhook_help=(
        "Repository or organization Settings → Webhooks → Add webhook: enter this URL and"
        " secret, content type application/json, and choose the events Issues, Issue comments,"
        " Pull requests, Milestones, Labels and Repositories."
    ),
)
