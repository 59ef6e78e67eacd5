"""Recorded tracker answers: Worklift's figures equal an independent count by hand."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"


@pytest.fixture
def trial() -> ModuleType:
    spec = importlib.util.spec_from_file_location("trial", ROOT / "docs/trials/recorded.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(
    not (DATA / "jira" / "issues.json").exists(),
    reason=f"needs recorded tracker answers in {DATA} (folders jira/ and github/)",
)
def test_every_reading_of_the_recorded_answers_equals_the_count_by_hand(
    trial: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{beside}{os.pathsep}{os.environ['PATH']}")

    by_hand = trial.by_hand(DATA)

    assert by_hand["KR-2"] == (4, 4, 5, 1)
    assert trial.by_worklift(DATA) == (by_hand, trial.past_by_hand(DATA))
