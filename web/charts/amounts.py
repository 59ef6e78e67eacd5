"""The small chart below a share's way: work done and work in all, apart from each other."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from connector.outlook import Outlook
from web import words
from web.charts import paths
from web.charts.paths import Step, Trace
from web.charts.scales import Tick, Time, around
from web.language import _

CROWDED = 15
"""Labels nearer than this hide each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What is drawn; places are per cent of the plot."""

    title: str
    description: str
    days: tuple[Tick, ...]
    values: tuple[Tick, ...]
    scope: Trace
    done: Trace
    area: str
    whole: str
    now: float
    labels: tuple[Tick, ...]


def amounts(outlook: Outlook, zone: ZoneInfo, of: str) -> Amounts | None:
    """The chart of amounts of ``of`` (items, points), or None where there are none."""
    known = [each for each in outlook.points if each.total]
    if not known:
        return None
    time = Time(outlook.start, outlook.end, zone)
    scale = around([0.0, *(each.total or 0.0 for each in known)])
    until, total, done = outlook.rebuilt_until, [], []
    for each in outlook.points:
        x, rebuilt = time.place(each.at), until is not None and each.at < until
        there = each.total is not None
        total.append(Step(x, scale.place(each.total or 0.0) if there else None, rebuilt))
        done.append(Step(x, scale.place(each.done or 0.0) if there else None, rebuilt))
    first, last = known[0], outlook.points[-1]
    ends = (words.number(last.done), words.number(last.total))
    begun = (words.number(first.done), words.number(first.total))
    return Amounts(
        title=_("Work done and scope, in %(of)s", of=of),
        description=_(
            "Done: from %(first)s to %(last)s %(of)s. In all: from %(least)s to %(most)s %(of)s.",
            first=begun[0],
            last=ends[0],
            least=begun[1],
            most=ends[1],
            of=of,
        ),
        days=time.ticks(),
        values=tuple(Tick(scale.place(each), words.number(each)) for each in scale.steps()),
        scope=paths.trace(total),
        done=paths.trace(done),
        area=paths.filled(done, 100.0),
        whole=paths.filled(total, 100.0),
        now=time.place(last.at),
        labels=_labels(total[-1].y, done[-1].y, ends),
    )


def _labels(top: float | None, low: float | None, ends: tuple[str, str]) -> tuple[Tick, ...]:
    """What the lines end at; one label where two would hide each other."""
    done, whole = ends
    if top is None or low is None:
        return ()
    if low - top < CROWDED:
        return (Tick(top, _("%(done)s of %(all)s done", done=done, all=whole)),)
    return (
        Tick(top, _("%(amount)s in all", amount=whole)),
        Tick(low, _("%(amount)s done", amount=done)),
    )
