"""A key result's way so far and what may come of it: values only, computed elsewhere."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from connector.forecast import Forecast
from connector.ledger import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The way of the work by effective time, and the forecast to the end day.

    ``points`` are days, the last one now; ``expected`` is the progress expected at each of them,
    ``ahead`` that of the days to come.
    ``reason`` says why there is no forecast. ``rebuilt_until`` is up to when the way is told from
    the tracker's own history, by the rules of now; ``starts`` says where it begins and why there.
    ``finals`` and ``fan`` of the forecast are in the key result's unit.
    """

    key: str
    unit: str
    target: float | None
    start: date
    end: date
    points: tuple[Point, ...]
    expected: tuple[float, ...]
    ahead: tuple[tuple[datetime, float], ...] = ()
    rebuilt_until: datetime | None
    starts: str
    forecast: Forecast | None
    reason: str
    sentences: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The whole answer of ``forecast --json``."""
        return {
            "key": self.key,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "points": [
                {**asdict(point), "at": _iso(point.at), "expected": expected}
                for point, expected in zip(self.points, self.expected, strict=True)
            ],
            "rebuilt_until": _iso(self.rebuilt_until) if self.rebuilt_until else None,
            "starts": self.starts,
            "forecast": asdict(self.forecast) if self.forecast else None,
            "reason": self.reason,
            "sentences": list(self.sentences),
        }


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
