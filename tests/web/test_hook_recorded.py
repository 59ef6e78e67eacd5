"""Deliveries of real Jiras, recorded elsewhere, by the HTTP door: what each of them means."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.doors import Door, opened

RECORDED = Path(__file__).parents[2] / ".." / "shared" / "data" / "webhooks" / "jira"
pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="recorded deliveries are not beside this repository"
)
NOTHING = None
MEANING: dict[str, str | None] = {
    "webhook-cloud-comment-created-mention-user": NOTHING,
    "webhook-cloud-comment-deleted": NOTHING,
    "webhook-cloud-issue-created-many-fields": "10509",
    "webhook-issue-assigned-empty-changelog": "10001",
    "webhook-issue-created-no-description-nor-relevant-fields": "10040",
    "webhook-issue-created-no-relevant-fields": "10040",
    "webhook-issue-created": "10040",
    "webhook-issue-updated-assigned-nobody": "10040",
    "webhook-issue-updated-assigned": "10040",
    "webhook-issue-updated-components": "10360",
    "webhook-issue-updated-fix-version": "10040",
    "webhook-issue-updated-labels": "10040",
    "webhook-issue-updated-multiple-custom-fields": "10040",
    "webhook-issue-updated-raised-priority": "10040",
    "webhook-issue-updated-renamed": "10040",
    "webhook-issue-updated-reopened": "10040",
    "webhook-issue-updated-resolved": "10040",
    "webhook-issue-updated-started-working": "10040",
    "webhook-server-comment-deleted": NOTHING,
    "webhook-server-issue-updated-closed": "10300",
    "webhook-server-issue-updated-comment-edited": NOTHING,
    "webhook-server-issue-updated-commented-2": NOTHING,
    "webhook-server-issue-updated-commented-mention-user": NOTHING,
    "webhook-server-issue-updated-many-fields": "10400",
    "webhook-server-issue-updated-resolved": "10300",
    # The old Server tells not what happened to a comment, so the issue is read.
    "webhook-server-old-issue-updated-no-event-type-comment-deleted": "10013",
    "webhook-server-old-issue-updated-no-event-type-commented": NOTHING,
    "webhook-server-updated-custom-field": "10106",
}
"""Every recorded body, and the issue it has us read."""


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(tmp_path_factory.mktemp("door")) as made:
        yield made


def test_every_recorded_body_has_a_meaning() -> None:
    assert {path.stem for path in RECORDED.glob("*.json")} == MEANING.keys()


@pytest.mark.parametrize("name", MEANING)
def test_recorded_bodies_mean_an_issue_or_nothing(door: Door, name: str) -> None:
    raw = (RECORDED / f"{name}.json").read_bytes()
    before = door.marks()[0]
    for answer in (door.signed(raw), door.unsigned(raw)):
        assert (answer.status_code, answer.json) == (202, {"message": "accepted"})
    named = {row.external_id for row in door.world.rows("hint") if row.seq > before}
    assert named == ({MEANING[name]} if MEANING[name] else set())
    assert door.marks()[0] == before + bool(MEANING[name])


def test_no_change_of_a_recorded_body_breaks_the_door(door: Door) -> None:
    found = random.Random(7)
    wholes = [json.loads(path.read_bytes()) for path in sorted(RECORDED.glob("*.json"))[::4]]
    seen = {
        door.unsigned(json.dumps(bent(whole, found)).encode()).status_code
        for whole in wholes
        for _ in range(60)
    }
    assert seen <= {202, 422}


def bent(whole: Any, found: random.Random) -> Any:
    """A copy with one value somewhere deleted, or put in the place of another."""
    made = copy.deepcopy(whole)
    spots = [(made, key) for key in made]
    for holder, key in spots:
        inner = holder[key]
        if isinstance(inner, dict):
            spots += [(inner, each) for each in inner]
        elif isinstance(inner, list):
            spots += [(inner, each) for each in range(len(inner))]
    near = [
        spot
        for spot in spots
        if spot[1]
        in (
            "id",
            "key",
            "issue",
            "webhookEvent",
            "updated",
            "fields",
            "changelog",
            "items",
            "timestamp",
        )
    ]
    holder, key = found.choice(near if found.random() < 0.7 else spots)
    if found.random() < 0.3:
        del holder[key]
    else:
        holder[key] = found.choice(
            [None, 0, -1, 2**70, 1.5, True, "", "x" * 3000, "9" * 400, "\0", "\ud800", [], [[]], {},
             {"id": {}}, ["a"], "2026-13-01T00:00:00Z"]
        )  # fmt: skip
    return made
