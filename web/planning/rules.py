"""What the scoring rules mean, in sentences."""

from collections.abc import Mapping

from connector.plans import Record
from connector.plans.readers import DAYS
from connector.policy import Thresholds
from web import words
from web.language import _, _n, lazy

WORDS = (
    lazy("Monday"),
    lazy("Tuesday"),
    lazy("Wednesday"),
    lazy("Thursday"),
    lazy("Friday"),
    lazy("Saturday"),
    lazy("Sunday"),
)
"""The days of the week, Monday first."""


def sentences(record: Record) -> list[str]:
    """Health, what passes, and the days that count."""
    return [*_health(record["health"]), *_passing(record["pass"]), *_days(record)]


def _health(limits: Thresholds) -> list[str]:
    if limits.by == "gap":
        on_track, at_risk = words.points(limits.on_track), words.points(limits.at_risk)
        return [
            _(
                "On track: progress is at most %(gap)s behind what is expected today.",
                gap=on_track.lstrip("+"),
            ),
            _(
                "At risk: at most %(gap)s behind. Off track: further behind.",
                gap=at_risk.lstrip("+"),
            ),
        ]
    on_track, at_risk = words.percent(limits.on_track), words.percent(limits.at_risk)
    return [
        _("On track: at least %(share)s of what is expected today is reached.", share=on_track),
        _("At risk: at least %(share)s is. Off track: less.", share=at_risk),
    ]


def _passing(marks: Mapping[str, float]) -> list[str]:
    committed, aspirational = words.score(marks["committed"]), words.score(marks["aspirational"])
    return [
        _(
            "A committed objective is expected to end at %(committed)s, an aspirational one at"
            " %(aspirational)s, and passes with that.",
            committed=committed,
            aspirational=aspirational,
        )
    ]


def _days(record: Record) -> list[str]:
    days, holidays = record["working_days"], len(record["holidays"])
    if days is None or len(days) == len(DAYS):
        told = _("Every day counts: a little more is expected each day.")
    else:
        named = ", ".join(str(WORDS[each]) for each in sorted(days))
        told = _("More is expected only on %(days)s.", days=named)
    free = _n("%(num)s holiday is left out.", "%(num)s holidays are left out.", holidays)
    return [told, free] if holidays else [told]
