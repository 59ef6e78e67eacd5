"""The plan file's page: every example is a plan, and every field is on it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from connector.plans import Changes, Kind, Stored, defaults

Apply = Callable[..., tuple[Changes, Stored]]

PAGE = (Path(__file__).parents[3] / "docs" / "plan-file.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
HIDDEN = {"accounts", "objective", "plan_value"}


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_accepted_and_twice_changes_nothing(apply: Apply, example: str) -> None:
    changes, stored = apply(example)
    assert changes.changes
    assert apply(example, stored)[0].changes == ()


def test_all_examples_are_found() -> None:
    assert len(EXAMPLES) == PAGE.count("```") / 2 == 4


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_field_has_its_word_on_the_page(kind: Kind) -> None:
    prose = re.sub(r"^```.*?^```$", "", PAGE, flags=re.DOTALL | re.MULTILINE)
    words = {word for code in re.findall(r"`([^`]+)`", prose) for word in re.findall(r"\w+", code)}
    assert defaults(kind).keys() - HIDDEN <= words
