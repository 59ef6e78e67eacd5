"""Charts drawn on the server: plain values for inline SVG, whole without script or style."""

from web.charts.amounts import Amounts, amounts
from web.charts.stirs import Happened, Stir, stirs
from web.charts.table import Ahead, Day, ahead, days
from web.charts.way import Way, way

__all__ = [
    "Ahead",
    "Amounts",
    "Day",
    "Happened",
    "Stir",
    "Way",
    "ahead",
    "amounts",
    "days",
    "stirs",
    "way",
]
