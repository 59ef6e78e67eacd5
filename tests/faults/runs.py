"""Playing many schedules: by seed, on either database."""

import random

from tests.faults.fate import Fate, watching
from tests.faults.play import Play
from tests.faults.quiet import judged
from tests.faults.stage import played

COMPANIES = (("jira",), ("jira",), ("github",), ("github",), ("jira", "github"))


def schedule(
    seed: int, server: str | None = None, *, names: tuple[str, ...] = ()
) -> tuple[list[str], Play]:
    """Play one schedule, with these trackers or any; returns what is wrong, and what happened."""
    chance = random.Random(f"schedule {seed}")
    company = chance.choice(COMPANIES)
    with played(names or company, server) as stage, watching(Fate()) as fate:
        play = Play(stage, seed, fate)
        play.blow(chance.choice([1, 2, 3]))
        return judged(play), play
