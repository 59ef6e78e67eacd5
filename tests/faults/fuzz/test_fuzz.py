"""Every parser that strangers reach takes anything; the long version is ``make fuzz``."""

import json
import random
from pathlib import Path

import pytest

from integrations.github import reading
from tests.faults.fuzz.hunting import hunt
from tests.faults.fuzz.parsers import PARSERS, github_item, query_of
from tests.faults.fuzz.spoiling import spoilt
from tests.web import acme
from tests.web.world import make

NUMBER = {"plan file": 500, "GitHub webhook": 2000, "Jira webhook": 2000}
OTHERS, QUERIES = 5000, 150


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_ends_in_a_value_or_a_refusal(name: str) -> None:
    found = hunt(name, PARSERS[name], NUMBER.get(name, OTHERS))
    assert not found, "\n".join(map(str, found))


def test_pages_take_any_query(tmp_path: Path) -> None:
    world = make(tmp_path)
    acme.fill(world)
    found = hunt("query", query_of(world.client("admin")), QUERIES)
    world.runtime.store.close()
    assert not found, "\n".join(map(str, found))


def test_a_parser_with_a_fault_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(issue: object, place: object) -> object:
        return issue["title"]["x"]  # type: ignore[index]

    monkeypatch.setattr(reading, "careful", careless)
    assert hunt("GitHub item", github_item, 200)


def test_inputs_are_many_kinds_and_repeat_by_their_seed() -> None:
    whole = {"a": [1, {"b": "c"}], "d": None}
    made = [spoilt(whole, random.Random(seed)) for seed in range(2000)]
    assert made == [spoilt(whole, random.Random(seed)) for seed in range(2000)]
    assert len(set(made)) > 800
    good = sum(each == json.dumps(whole).encode() for each in made)
    assert 50 < good < 600
