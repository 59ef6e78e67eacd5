"""What is known of one Jira site: its deployment and which custom fields mean what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from integrations.jira.levels import levels_of
from integrations.tracker import Witness

Deployment = Literal["cloud", "datacenter"]
_SOFTWARE = "com.pyxis.greenhopper.jira:"
_PARENT = "com.atlassian.jpo:jpo-custom-field-parent"
_POINT_NAMES = ("story points", "story point estimate")
_FIELDS = """summary status issuetype project resolution resolutiondate created updated
    statuscategorychangedate assignee labels fixVersions components parent""".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How to ask a site and read its issues; ``browse`` is the address people open.

    ``parent_link`` is the field by which epics have parents, and ``levels`` are those of issue
    types by id, on a Data Center with Advanced Roadmaps. ``witness`` is told what is read.
    """

    browse: str
    deployment: Deployment
    points: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    epic_link: str | None = None
    epic_name: str | None = None
    sprint_field: str | None = None
    parent_link: str | None = None
    levels: Mapping[str, int] = field(default_factory=dict)
    witness: Witness | None = field(default=None, repr=False, compare=False)

    @property
    def cloud(self) -> bool:
        """Whether it is Jira Cloud."""
        return self.deployment == "cloud"

    @property
    def number_fields(self) -> tuple[str, ...]:
        """Every field to read a number from."""
        return tuple(dict.fromkeys((*self.points, *self.numbers)))

    @property
    def fields(self) -> list[str]:
        """The fields to ask for, no more."""
        links = (self.epic_link, self.epic_name, self.sprint_field, self.parent_link)
        custom = (*self.number_fields, *links)
        return list(dict.fromkeys([*_FIELDS, *(each for each in custom if each)]))


def profile(options: Mapping[str, str], url: str) -> Profile | None:
    """The profile a connection's options describe; None while the site was not looked at."""
    deployment = options.get("deployment", "")
    if deployment not in ("cloud", "datacenter"):
        return None
    return Profile(
        browse=options.get("browse_url") or url,
        deployment="cloud" if deployment == "cloud" else "datacenter",
        points=ids(options.get("story_points", "")),
        numbers=ids(options.get("number_fields", "")),
        epic_link=options.get("epic_link") or None,
        epic_name=options.get("epic_name") or None,
        sprint_field=options.get("sprint_field") or None,
        parent_link=options.get("parent_link") or None,
        levels=levels_of(options.get("levels", "")),
    )


def ids(text: str) -> tuple[str, ...]:
    """Field ids written with commas."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def detected(
    info: Mapping[str, Any], fields: list[Any], estimation: Sequence[str] = ()
) -> dict[str, str]:
    """Options found out from ``serverInfo`` and the list of fields; makes no call.

    ``estimation`` are the fields that boards estimate by: those that hold numbers come first.
    """
    cloud = str(info.get("deploymentType", "")).lower() == "cloud"
    known = [field for field in fields if isinstance(field, dict)]
    numbers = set(number_fields(known))
    points = [*(each for each in estimation if each in numbers), *point_fields(known)]
    found = {
        "deployment": "cloud" if cloud else "datacenter",
        "story_points": ",".join(dict.fromkeys(points)),
        "epic_link": "" if cloud else by_schema(known, "gh-epic-link"),
        "epic_name": "" if cloud else by_schema(known, "gh-epic-label"),
        "sprint_field": by_schema(known, "gh-sprint"),
        "parent_link": "" if cloud else parent_link(known),
    }
    return {name: value for name, value in found.items() if value}


def point_fields(fields: list[Any]) -> list[str]:
    """Ids of the story point fields: the agile one first, then number fields of that name."""
    agile = [_id(field) for field in fields if _custom(field) == _SOFTWARE + "jsw-story-points"]
    named = [
        _id(field)
        for field in fields
        if _custom(field).endswith(":float")
        and str(field.get("name", "")).strip().lower() in _POINT_NAMES
    ]
    return list(dict.fromkeys(each for each in [*agile, *named] if each))


def not_numbers(wanted: tuple[str, ...], fields: list[Any]) -> list[str]:
    """Those of the wanted field ids that are unknown or hold no numbers."""
    good = set(number_fields([field for field in fields if isinstance(field, dict)]))
    return [each for each in wanted if each not in good]


def number_fields(fields: list[Any]) -> dict[str, str]:
    """The fields that hold numbers: id and name."""
    numbers = (field for field in fields if _schema(field).get("type") == "number")
    return {_id(field): str(field.get("name") or _id(field)) for field in numbers if _id(field)}


def by_schema(fields: list[Any], name: str) -> str:
    """The id of the field Jira's planning made under that name, or ''."""
    return next((_id(field) for field in fields if _custom(field) == _SOFTWARE + name), "")


def parent_link(fields: list[Any]) -> str:
    """The id of the field by which Advanced Roadmaps puts epics below others, or ''."""
    return next((_id(field) for field in fields if _custom(field) == _PARENT), "")


def _schema(field: Mapping[str, Any]) -> Mapping[str, Any]:
    schema = field.get("schema")
    return schema if isinstance(schema, dict) else {}


def _custom(field: Mapping[str, Any]) -> str:
    return str(_schema(field).get("custom", ""))


def _id(field: Mapping[str, Any]) -> str:
    return str(field.get("id", ""))
