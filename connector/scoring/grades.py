"""What a score means to people. Rules: docs/scoring.md, section 6."""

from collections.abc import Iterable

from connector.okr import ObjectiveKind
from connector.policy import DEFAULT
from connector.report import Grade
from connector.scoring.means import Part, mean

NOT_AMBITIOUS = "Every aspirational objective ended at 1.0: the cycle was not ambitious."
TOO_LOW = "The aspirational objectives ended low: what they aimed at, or their support, was off."
_LOW = 0.4


def grade(score: float | None) -> Grade:
    """The band an unrounded score lies in, of objectives and teams alike."""
    if score is None:
        return "unknown"
    if score >= 1:
        return "full"
    if score >= 0.7:
        return "strong"
    return "moderate" if score >= _LOW else "weak"


def passes(score: float | None, kind: ObjectiveKind) -> bool | None:
    """Whether an objective passed: a committed one at 1.0 only, an aspirational one from 0.7.

    None while its score is unknown. The pass marks of a policy set the pace, not what passes.
    """
    return None if score is None else score >= DEFAULT.pass_marks[kind]


def verdict(objectives: Iterable[tuple[ObjectiveKind, Part]]) -> str | None:
    """What a closed cycle is told, from its active objectives; None when there is nothing to tell.

    Low is a weighted mean of its aspirational objectives that is graded weak; not ambitious, when
    all of them are known to have ended at 1.0.
    """
    aimed = [part for kind, part in objectives if kind == "aspirational" and part.weight > 0]
    if aimed and all(part.score is not None and part.score >= 1 for part in aimed):
        return NOT_AMBITIOUS
    return TOO_LOW if grade(mean(aimed).score) == "weak" else None
