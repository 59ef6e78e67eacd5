"""Thousands of spoilt GitHub issues: an item that can be stored, or a field by name."""

import copy
import json
import math
import random
from dataclasses import fields as parts

from msgspec import convert

from connector.work import WorkItem
from integrations.github.quick import UNUSUAL, Place, quick
from integrations.github.reading import careful, page, swift
from integrations.github.shapes import Issue
from integrations.kit.answers import Answer
from integrations.kit.decode import decode

PLACE = Place("acme/api", "https://github.com")
REPO = "https://api.github.com/repos/acme/Api"
ISSUE = {
    "id": 5_000_043, "number": 43, "title": "Move the queue", "repository_url": REPO,
    "state": "closed", "state_reason": "completed", "closed_at": "2026-10-05T10:00:00Z",
    "created_at": "2026-10-01T08:00:00Z", "updated_at": "2026-10-06T08:00:00Z",
    "labels": [{"id": 1, "name": "okr"}, {"id": 2, "name": "Q4"}],
    "milestone": {"id": 9, "number": 7, "title": "v2"}, "type": {"id": 3, "name": "Feature"},
    "assignee": {"login": "lead", "id": 4}, "assignees": [{"login": "lead", "id": 4}],
    "parent_issue_url": f"{REPO}/issues/42", "sub_issues_summary": {"total": 1, "completed": 0},
    "issue_field_values": [
        {"issue_field_id": 1, "issue_field_name": "Effort", "data_type": "number", "value": 5},
        {"issue_field_id": 2, "issue_field_name": "Team", "data_type": "text", "value": "Core"}],
}  # fmt: skip
PULL = ISSUE | {
    "type": None, "assignee": None, "assignees": [], "milestone": None, "issue_field_values": [],
    "parent_issue_url": None, "state_reason": None, "pull_request": {
        "url": f"{REPO}/pulls/43", "merged_at": "2026-10-05T10:00:00Z"},
}  # fmt: skip
STRANGE = [
    None, True, False, 0, -1, 7, 2**40, 2**63 - 1, 1e308, -2.5, "", " ", "x", "7", "-7", "7" * 300,
    "x" * 2000, "a\0b", "\ud800", "\N{GRINNING FACE}", "open", "closed", "reopened", "duplicate",
    [], {}, [None], [[]], [{}], ["okr"], {"id": 7}, {"name": "x"}, {"login": "a"}, {"number": 7},
    f"{REPO}/issues/1", "https://x/repos/a/b", "https://x/repos/" + "a" * 300 + "/b/issues/1",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-W40-1T10:00:00Z",
    "2026-10-05T10:00:00.123Z", "2026-10-05T18:00:00+08:00", "2026-10-05 10:00:00", "٣", "１",
]  # fmt: skip


def places(value, before=()):
    if before:
        yield before
    if isinstance(value, dict | list):
        for name, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(each, (*before, name))


def spoilt(whole, chance):
    """The same with one to four places lost, doubled, exchanged or strange."""
    made, known = json.loads(json.dumps(whole)), list(places(whole))
    for path in chance.choices(known, k=chance.choice([1, 1, 1, 2, 4])):
        try:
            inner = made
            for name in path[:-1]:
                inner = inner[name]
            spoil(inner, path[-1], chance)
        except (KeyError, IndexError, TypeError, AttributeError):
            continue  # an earlier one took that place away
    return decode(json.dumps(made).encode())


def spoil(inner, name, chance):
    how = chance.random()
    if how < 0.2:
        del inner[name]
    elif how < 0.3 and isinstance(inner, list):
        inner.append(inner[name])
    elif how < 0.35:
        inner[name] = json.loads(json.dumps(inner))
    else:
        inner[name] = copy.deepcopy(chance.choice(STRANGE))


def thousands(number, seed):
    chance = random.Random(seed)
    return [spoilt(chance.choice([ISSUE, PULL]), chance) for _ in range(number)]


def storable(item):
    """Whether any database takes it."""
    for part in parts(WorkItem):
        value = getattr(item, part.name)
        for each in value if isinstance(value, tuple | frozenset | dict) else (value,):
            if isinstance(each, str):
                assert "\0" not in each
                each.encode()  # no half of a surrogate pair
                assert len(each) <= (1000 if part.name == "title" else 600), part.name
    for name in ("external_id", "key", "place", "parent_key", "assignee", "status", "type"):
        assert len(getattr(item, name) or "") <= 255
    assert item.external_id.isdigit()
    assert all(math.isfinite(number) for number in item.numbers.values())
    assert item.created_at.utcoffset() == item.updated_at.utcoffset()
    assert item.created_at.tzinfo is item.updated_at.tzinfo
    return True


def test_ten_thousand_spoilt_issues_are_items_or_named_fields():
    found = page(thousands(10_000, 20261005), PLACE)
    assert len(found.items) + len(found.unreadable) == 10_000
    assert min(len(found.items), len(found.unreadable)) > 1000
    assert all(storable(item) for item in found.items)
    for each in found.unreadable:
        assert each.field.partition("[")[0].partition(".")[0] in {*ISSUE, *PULL, "issue"}
        assert 0 < len(each.message) < 600
        assert max(len(each.external_id), len(each.key)) <= 255


def test_the_quick_way_reads_what_the_careful_way_reads_or_leaves_it_to_it():
    read = 0
    for issue in (ISSUE, PULL, *thousands(5000, 42)):
        try:
            item = quick(convert(issue, Issue), PLACE)
        except UNUSUAL:
            continue
        read += 1
        assert item == careful(issue, PLACE)
        assert type(item) is WorkItem
    assert quick(convert(ISSUE, Issue), PLACE).url == "https://github.com/acme/Api/issues/43"
    assert quick(convert(PULL, Issue), PLACE).status == "merged"
    assert read > 500


def test_bytes_that_are_read_swiftly_come_to_what_careful_reading_makes_of_them():
    read = 0
    for issue in thousands(1500, 11):
        body = json.dumps([ISSUE, issue]).encode()
        found = swift(Answer("GitHub", 200, {"Content-Type": "application/json"}, body), PLACE)
        if found is None:
            continue
        read += 1
        assert list(found[1].items) == [careful(each, PLACE) for each in decode(body)]
    assert read > 100
