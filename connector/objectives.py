"""What an objective stands on, how it went and how it was worded: values only, computed elsewhere.

Scores and shares are 0..1; None is unknown.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from connector.report import CycleReport, KeyResultReport, ObjectiveReport, TeamReport
from connector.scoring import Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One thing an objective's score is made of: a key result, or an objective that supports it.

    ``weight`` is the key result's, or that of the support. ``counts`` is False for a guardrail and
    for what has no weight; ``slice`` is its part in the score.
    """

    kind: Literal["key_result", "objective"]
    row: KeyResultReport | ObjectiveReport
    team: TeamReport
    weight: float
    counts: bool
    slice: Slice = field(default_factory=Slice)


@dataclass(frozen=True, slots=True)
class Served:
    """What an objective supports, and by which weight it is counted there, if it is at all."""

    key: str
    weight: float


@dataclass(frozen=True, slots=True)
class Rewording:
    """Who worded it anew, when, and each field that changed: (name, before, after) as texts.

    The first wording has no changes.
    """

    at: datetime
    author: str
    changed: tuple[tuple[str, str, str], ...]
    is_first: bool


@dataclass(frozen=True, slots=True)
class ScorePoint:
    """An objective's score at an instant, with what was known of it and what was expected."""

    at: datetime
    score: float | None
    known: float | None
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveCourse:
    """How an objective's score went, by effective time and by the weights and rules of now.

    ``points`` are days, the last one as it is stored; ``ahead`` is (when, score expected) of those
    to come; ``week_ago`` is the score seven days before the last point. ``rebuilt_until`` is up to
    when it is told from the trackers' own history.
    """

    start: date
    end: date
    points: tuple[ScorePoint, ...]
    ahead: tuple[tuple[datetime, float], ...]
    week_ago: float | None
    rebuilt_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveExplanation:
    """Why an objective is what it is, within the report of its cycle.

    ``grounds`` are what its score is made of, and its guardrails; ``apart`` are key results that
    its score does not take. ``retired`` are (key, title) of its key results that are no more.
    ``course`` is None where it stands on too much to be drawn.
    """

    report: CycleReport
    team: TeamReport
    state: str
    objective: ObjectiveReport
    grounds: tuple[Ground, ...]
    apart: tuple[Ground, ...]
    serves: tuple[Served, ...]
    retired: tuple[tuple[str, str], ...]
    course: ObjectiveCourse | None
    rewordings: tuple[Rewording, ...]
