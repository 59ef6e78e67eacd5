"""The whole of it at a glance: how many sources do well, wait, fail, and are set aside."""

from collections.abc import Iterator, Sequence

from connector.freshness import ConnectionReport
from connector.standing import Standing
from web.language import _n


def glance(
    connections: Sequence[ConnectionReport], standing: Standing
) -> Iterator[tuple[str, str]]:
    """Words with the health they are shown by; what there is none of is left out."""
    pairs = [(each, source) for each in connections for source in each.sources]
    stopped = sum(each.word == "broken" for each, _ in pairs)
    alive = [(each, source) for each, source in pairs if each.word != "broken"]
    paused = sum(each.pause is not None for each, _ in alive)
    failing = sum(bool(source.error) for each, source in alive if each.pause is None)
    waiting = sum(
        each.behind > 0 and not (each.broken or each.left_alone)
        for each in standing.figures.sources
    )
    well = len(pairs) - stopped - paused - failing
    if well:
        yield "on_track", _n("%(num)s source read", "%(num)s sources read", well)
    if failing:
        yield "at_risk", _n("%(num)s source fails", "%(num)s sources fail", failing)
    if stopped:
        yield "off_track", _n("%(num)s source stopped", "%(num)s sources stopped", stopped)
    if paused:
        yield "not_started", _n("%(num)s source paused", "%(num)s sources paused", paused)
    if waiting:
        yield (
            "not_started",
            _n(
                "%(num)s source with changes to read",
                "%(num)s sources with changes to read",
                waiting,
            ),
        )
    if aside := standing.aside_in_all:
        yield "at_risk", _n("%(num)s item set aside", "%(num)s items set aside", aside)
