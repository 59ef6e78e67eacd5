"""GitHub's own word on a number field that work is to be measured by."""

from connector.errors import AccessDenied, Gone
from integrations.github import features, judging
from integrations.github.boards import Board
from integrations.github.scopes import project
from integrations.github.seeking import Asked
from integrations.github.spec import SPEC
from integrations.kit.loose import objects, text
from integrations.kit.nearest import nearest

_OF_PROJECT = "project:"
_FORM = "a field of a project is written as field:project:acme/3/Estimate"


def objection(asked: Asked, kind: str, value: str, field: str) -> str | None:
    """A sentence against measuring a scope by a field; None when it is there, or cannot be told."""
    if field.startswith(_OF_PROJECT):
        return _of_project(asked, field)
    known = SPEC.kind(kind)
    return _of_issues(asked, known.source(value).partition("/")[0] if known else "", field)


def _of_project(asked: Asked, field: str) -> str | None:
    owner, _, rest = field.removeprefix(_OF_PROJECT).partition("/")
    number, _, name = rest.partition("/")
    if not (number.isascii() and number.isdigit() and name):
        return f"{field} names no field: {_FORM}."
    place = f"{owner}/{number}"
    if said := judging.judge(asked, "project", place):
        return said
    board = Board(*project(place))
    known = judging.fields(asked, place)
    numbers = {f"{board.tag}/{each.name}": each.name for each in known if each.is_number}
    if field in numbers:
        return None
    other = next((each for each in known if f"{board.tag}/{each.name}" == field), None)
    there = nearest(name, ((each, each) for each in numbers.values()))
    if other is not None:
        return (
            f"{name} of project {number} of {owner} holds no numbers; of fields that do, {there}."
        )
    return f"{board.name} has no number field {name}; {there}."


def _of_issues(asked: Asked, owner: str, field: str) -> str | None:
    if features.FIELDS not in features.features(asked.account.options):
        return f"This GitHub has no issue fields, so it has no {field}; {_FORM}."
    try:
        rows = objects(asked.client.get(f"/orgs/{owner}/issue-fields", {"per_page": 100}).array())
    except (Gone, AccessDenied):
        return None  # of a person, or not for this token: the items themselves will tell
    numbers = [text(row, "name") for row in rows if text(row, "data_type") == "number"]
    if field in numbers:
        return None
    there = nearest(field, ((each, each) for each in numbers))
    return f"The issues of {owner} have no number field {field}; {there}; {_FORM}."
