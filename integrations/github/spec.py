"""What the GitHub tracker declares: settings, scope kinds, reasons that mean dropped."""

from collections.abc import Callable, Mapping
from urllib.parse import quote as escaped

from connector.errors import Refused
from connector.notes_answers import answer
from connector.scopes import Below, Narrowed, Selector, Tagged
from integrations.github.astray import astray
from integrations.github.consent_settings import APP, SIGN_IN, TOKEN
from integrations.github.filters import dated
from integrations.github.locate import home, locate
from integrations.github.mentions import PREFIX, places
from integrations.github.noted import NOTES, PACE
from integrations.github.renaming import RENAMING
from integrations.github.scopes import (
    conditions,
    issue,
    label,
    milestone,
    project,
    project_of,
    project_source,
    repository,
    tag,
    titled,
)
from integrations.github.views import theirs
from integrations.tracker import Naming, ScopeKind, Setting, Spec

_STRAYS = (
    "{} that left before this link was made are told of only where their repository was read here"
    " then"
)
_Split = Callable[[str], tuple[str, str]]
_OF_PROJECTS = frozenset({"project", "board", "value", "span", "day"})
_PAGES = {"label": "/labels/{}", "repo": "{}"}
_HINTS = {
    "label": "A repository and a label, such as acme/api okr.",
    "repo": "Its name, such as acme/api: every issue in it is counted.",
}


def _kind(kind: str, title: str, example: str, split: _Split) -> ScopeKind:
    """A kind of scope within one repository, whose items carry a tag."""
    page = _PAGES[kind]

    def url(browse: str, value: str) -> str:
        place, name = split(value)
        return f"{home(browse)}/{place}{page.format(escaped(name, safe=''))}"

    return ScopeKind(
        kind,
        title,
        example,
        select=lambda value: Tagged(tag(kind, *split(value))),
        source=lambda value: split(value)[0],
        url=url,
        hint=_HINTS[kind],
    )


def _milestones(value: str) -> Selector:
    place, name = milestone(value)
    wide = place.endswith("/*")
    return Tagged(titled(place, name) if wide else tag("milestone", place, name))


def _milestone_page(browse: str, value: str) -> str:
    place, name = milestone(value)
    if not place.endswith("/*"):
        return f"{home(browse)}/{place}/milestone/{name}"
    query = f'user:{place.removesuffix("/*")} milestone:"{name}"'
    return f"{home(browse)}/issues?q={escaped(query, safe='')}"


def _strays(value: str) -> str:
    return _STRAYS.format("items") if milestone(value)[0].endswith("/*") else ""


def _children(value: str) -> Selector:
    repo, number = issue(value)
    return Below(f"{repo}#{number}", alone=True)


def _issue_page(browse: str, value: str) -> str:
    repo, number = issue(value)
    return f"{home(browse)}/{repo}/issues/{number}"


def _project(value: str) -> Selector:
    whole, asked = tag("project", *project(value)), conditions(value)
    if not asked:
        return Tagged(whole)
    undated = next((each.field for each in asked if not dated(each)), "")
    return Narrowed(whole, tuple(each.condition for each in asked), undated)


def _project_page(browse: str, value: str) -> str:
    owner, number = project(value)
    whose = "users" if value.startswith("users/") else "orgs"
    page = f"{home(browse)}/{whose}/{owner}/projects/{number}"
    if not (asked := conditions(value)):
        return page
    words = theirs(asked, value.partition("?")[2])
    return f"{page}/views/1?filterQuery={escaped(words, safe='')}"


def authority(source: str, name: str) -> bool:
    """Whether a source knows all of a tag or number field: only a project knows its own."""
    kind = name.partition(":")[0]
    if kind not in _OF_PROJECTS:
        return True
    known = project_of(source)
    if known is None:
        return False
    place = "/".join(known)
    return name == f"project:{place}" or name.startswith(f"{kind}:{place}/")


def measured(field: str) -> tuple[str, str] | None:
    """The project whose field it is: its numbers are read with it alone."""
    kind, _, rest = field.partition(":")
    owner, _, rest = rest.partition("/")
    place = f"{owner}/{rest.partition('/')[0]}"
    try:
        return ("project", "/".join(project(place))) if kind == "project" else None
    except Refused:
        return None


def covering(options: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The repositories a connection reads besides what links name; ``Refused`` for what is none."""
    named = (each.strip() for each in options.get("repositories", "").split(","))
    return tuple(("repo", each) for each in dict.fromkeys(repository(n) for n in named if n))


SPEC = Spec(
    key="github",
    label="GitHub",
    settings=(
        TOKEN,
        *APP,
        Setting(
            "conventions",
            "Repositories that may link themselves",
            "OWNER/REPO, separated by commas: there a line Key-Result: KR-1 in a milestone's"
            " description, a label okr:KR-1, or a comment /okr link KR-1 on an issue by someone who"
            " may write there links it. None when left empty.",
        ),
        Setting(
            "repositories",
            "Repositories to read besides",
            "OWNER/REPO, separated by commas: read though no link names them, so that coverage"
            " shows the work in them that serves no key result.",
        ),
    ),
    covering=covering,
    naming=Naming(
        places=lambda options: places(options.get("conventions", "")),
        kind="issue",
        how=(
            f"a line Key-Result: <key> in a milestone's description, a label {PREFIX}<key>, or a"
            " comment /okr link <key> on an issue by someone who may write there"
        ),
        what="a milestone, a label or an issue",
        source=lambda place: place,
        answer=answer,
    ),
    scope_kinds=(
        ScopeKind(
            "milestone",
            "Milestone",
            "acme/api/7",
            select=_milestones,
            source=lambda value: milestone(value)[0],
            url=_milestone_page,
            strays=_strays,
            hint=(
                "Words of its title, or a repository and its number, such as acme/api 7; the same"
                " title in many repositories is found as one, acme/*/Queue 2.0."
            ),
        ),
        _kind("repo", "Repository", "acme/api", lambda value: (repository(value), "")),
        _kind("label", "Label", "acme/api/okr", label),
        ScopeKind(
            "issue",
            "Issue with sub-issues",
            "acme/api/7",
            select=_children,
            source=lambda value: issue(value)[0],
            url=_issue_page,
            strays=lambda _value: _STRAYS.format("sub-issues of other repositories"),
            hint="Words of its title, or a repository and its number, such as acme/api 7.",
        ),
        ScopeKind(
            "project",
            "Project",
            "acme/3",
            select=_project,
            source=lambda value: project_source(*project(value)),
            url=_project_page,
            strays=lambda _value: _STRAYS.format("items"),
            hint=(
                "Words of its title, or owner and number, such as acme/3. Write what it is narrowed"
                " to behind it: acme/3?Status=In progress&Estimate>=3."
            ),
        ),
    ),
    dropped=frozenset({"not_planned", "duplicate", "unmerged"}),
    capabilities=frozenset(
        """webhooks registering redelivery history fresh whereabouts finding conventions consent app
        writeback""".split()
    ),
    authority=authority,
    locate=locate,
    astray=astray,
    measured=measured,
    renaming=RENAMING,
    notes=NOTES,
    write_pace=PACE,
    sign_in=SIGN_IN,
    home="https://github.com",
    webhook_help=(
        "In GitHub, of each repository or of the organization: Settings → Webhooks → Add webhook."
        " Enter this URL and secret, content type application/json, leave SSL verification on, and"
        " choose the events Issues, Issue comments, Pull requests, Milestones, Labels,"
        " Repositories, Sub-issues and, for an organization, Projects v2 and Project v2 items: only"
        " its webhook tells of projects."
    ),
)
