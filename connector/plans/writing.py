"""What is stored as a plan file: applied to the same store it changes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import yaml

from connector.plans.changes import Record, Stored
from connector.plans.entries import Identity, Kind
from connector.plans.fields import FIELDS, defaults
from connector.plans.linked import link_as_plan
from connector.plans.objects import SECTIONS
from connector.plans.readers import DAYS

HEAD = "# The plan as it is stored: teams, people, objectives and key results.\n"


def as_text(stored: Stored) -> str:
    """The text of a plan file that says all of it; what is as usual is left out.

    A link that an item itself asks for is not the file's to give.
    """
    document: dict[str, Any] = {"worklift": 1}
    if record := stored.records.get(("scoring", None, "scoring")):
        document["scoring"] = _scoring(record)
    key_results = _of_objectives(stored)
    for section, kind in SECTIONS.items():
        found = [
            _object(identity, record, key_results.get(identity, ()))
            for identity, record in stored.records.items()
            if identity[0] == kind
        ]
        if found:
            document[section] = found
    text = yaml.dump(document, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=100)
    return HEAD + text


class _Writer(yaml.SafeDumper):
    """Writes no anchors: a plan file has none."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _of_objectives(stored: Stored) -> Mapping[Identity, list[tuple[str, Record]]]:
    found: dict[Identity, list[tuple[str, Record]]] = {}
    for (kind, cycle, key), record in stored.records.items():
        if kind == "key_result":
            found.setdefault(("objective", cycle, record["objective"]), []).append((key, record))
    return found


def _object(
    identity: Identity, record: Record, key_results: Iterable[tuple[str, Record]]
) -> dict[str, Any]:
    kind, cycle, key = identity
    head = {"key": key} if cycle is None else {"key": key, "cycle": cycle}
    inner = [{"key": each, **dict(_fields("key_result", mine))} for each, mine in key_results]
    made = {**head, **dict(_fields(kind, record)), **record.get("accounts", {})}
    return {**made, "key_results": inner} if inner else made


def _fields(kind: Kind, record: Record) -> Iterator[tuple[str, Any]]:
    """The fields that are not as usual, and those that no object is without."""
    usual = defaults(kind)
    for name, field in FIELDS[kind].items():
        value = record["plan_value"] if name == "value" else record[name]
        if name == "links":
            value = tuple(each for each in value if each.origin != "convention")
        if field.required or value != usual[name]:
            yield name, _value(name, value, record)


def _value(name: str, value: Any, record: Record) -> Any:
    if name == "links":
        return [link_as_plan(each) for each in value]
    if name == "supports":
        return [key if weight == 1 else {"key": key, "weight": _plain(weight)}
                for key, weight in value]  # fmt: skip
    if name == "steps":
        return {day.isoformat(): _plain(aim) for day, aim in value}
    if name == "value" and record["kind"] == "done":
        return bool(value)
    return _plain(value)


def _scoring(record: Record) -> dict[str, Any]:
    limits, days = record["health"], record["working_days"]
    return {
        "health": {"by": limits.by, "on_track": limits.on_track, "at_risk": limits.at_risk},
        "pass": {name: _plain(mark) for name, mark in sorted(record["pass"].items())},
        "working_days": None if days is None else [DAYS[each] for each in sorted(days)],
        "holidays": _plain(sorted(record["holidays"])),
    }


def _plain(value: Any) -> Any:
    """A value as YAML writes it: whole numbers without a point, days as texts."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
