"""From readings to values, progress, scores, means and grades: pure arithmetic.

Numbers are doubles; sums are exact and rounded once, so that order cannot matter. None means
unknown and is never 0.
"""

from connector.scoring.grades import grade, passes, verdict
from connector.scoring.means import Mean, Part, Slice, Sums, mean, slices, sums, together
from connector.scoring.progress import guarded, progress, score, shown, value_at
from connector.scoring.values import Reading, combine, number, share

__all__ = [
    "Mean",
    "Part",
    "Reading",
    "Slice",
    "Sums",
    "combine",
    "grade",
    "guarded",
    "mean",
    "number",
    "passes",
    "progress",
    "score",
    "share",
    "shown",
    "slices",
    "sums",
    "together",
    "value_at",
    "verdict",
]
