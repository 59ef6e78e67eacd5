"""The command that proposes a field mapping."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from integrations.tracker import Survey
from sync import connections
from sync.runtime import Runtime
from web.commands.console import OK, Console, out_json


def propose(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """A mapping file to begin with, its notes as comments."""
    survey = connections.survey(runtime, given["name"])
    if given["as_json"]:
        out_json(console, {"connection": given["name"], **as_json(survey)})
        return OK
    for line in lines(survey):
        console.out(line)
    if not survey.proposed:
        console.err(f"{given['name']}: the tracker's own words need no mapping")
    return OK


def lines(survey: Survey) -> Iterator[str]:
    """The proposed mapping as a file: why it is so, the document, and what else there is."""
    for note in survey.notes:
        yield f"# {note}"
    if survey.proposed:
        yield document(survey.proposed)
    yield f"# statuses: {_listed(f'{name} ({held})' for name, held in survey.statuses)}"
    yield f"# types: {_listed(f'{name} (level {level})' for name, level in survey.types)}"
    yield f"# resolutions: {_listed(survey.resolutions)}"
    if survey.fields:
        yield f"# number fields: {_listed(f'{name} ({each})' for each, name in survey.fields)}"


def document(proposed: Mapping[str, Any]) -> str:
    """The text of a mapping document."""
    return yaml.safe_dump(dict(proposed), sort_keys=False, allow_unicode=True).rstrip()


def as_json(survey: Survey) -> dict[str, Any]:
    """The survey with its proposal."""
    return {
        "mapping": dict(survey.proposed),
        "notes": list(survey.notes),
        "statuses": [{"name": name, "category": held} for name, held in survey.statuses],
        "types": [{"name": name, "level": level} for name, level in survey.types],
        "resolutions": list(survey.resolutions),
        "fields": [{"id": each, "name": name} for each, name in survey.fields],
    }


def _listed(words: Any) -> str:
    return ", ".join(str(each).replace("\n", " ") for each in words) or "none"
