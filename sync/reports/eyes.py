"""What somebody may see of what work serves: drafts are not everybody's."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from connector.attribution import AboveReport, ItemServes, OnceReport, ServingReport
from connector.serving import why_nothing
from sync.reports.parents import Upward
from sync.reports.searching import UNSETTLED


@dataclass(frozen=True, slots=True)
class Eyes:
    """What somebody may see: not the items of ``hidden`` connections, and of drafts those of the
    teams in ``drafts`` (None: all)."""

    hidden: Collection[int] = ()
    drafts: Collection[str] | None = None

    def sees(self, team: str, *states: str) -> bool:
        """Whether what is in these states, of a team's objective and its cycle, may be shown."""
        settled = not set(UNSETTLED).intersection(states)
        return settled or self.drafts is None or team in self.drafts

    def serves(self, found: ItemServes, level: int) -> ItemServes:
        """What an item of that level serves and once served; what is not seen is as if no link
        held it."""
        if self.drafts is None:
            return found
        now = tuple(self.serving(found.serves))
        once = tuple(filter(self._once, found.once))
        reason = why_nothing(now, gone=found.item.gone, level=level)
        return replace(found, serves=now, once=once, reason=reason)

    def serving(self, found: Iterable[ServingReport]) -> Iterable[ServingReport]:
        """What may be shown of it, with as much of the way up."""
        for each in found:
            team = each.teams[0].key if each.teams else ""
            if self.sees(team, each.objective_state, each.cycle_state):
                above = self._above(each.objective.key, each.above, each.cycle_state)
                yield replace(each, above=above)

    def upward(self, found: Upward) -> Upward:
        """A key result of an open cycle with as much of its way up as may be shown."""
        return replace(found, above=self._above(found.objective.key, found.above))

    def _above(
        self, start: str, edges: Sequence[AboveReport], cycle_state: str = ""
    ) -> tuple[AboveReport, ...]:
        """The edges that are reached by way of what is seen, nearest first."""
        reached, found = {start}, []
        for each in edges:
            if each.supported_by in reached and self.sees(each.team, each.state, cycle_state):
                reached.add(each.objective)
                found.append(each)
        return tuple(found)

    def _once(self, each: OnceReport) -> bool:
        return self.sees(each.team, each.objective_state, each.cycle_state)
