"""Playing many schedules: by seed, on either database."""

import random

from tests.faults import quiet
from tests.faults.fate import Fate, watching
from tests.faults.play import Play
from tests.faults.stage import played

COMPANIES = (
    ("jira",), ("jira/data center",), ("jira/signed in",), ("jira/sprints",),
    ("github",), ("github",), ("github/app",), ("jira", "github"), ("jira", "github"),
    ("github/boards",),
)  # fmt: skip
ACTS = (3, 4, 5)
"""So many schedules follow one another in one world, each on what the one before it left: what a
world costs, and its last judgement, is shared by them."""
POLLED = 0.5
"""How likely a poll is between two of them, which finds all that changed."""


def schedules(
    seed: int, server: str | None = None, *, names: tuple[str, ...] = ()
) -> tuple[list[str], Play]:
    """Play some in one world, with these trackers or any; what is wrong, and what happened."""
    chance = random.Random(f"schedule {seed}")
    company = chance.choice(COMPANIES)
    with played(names or company, server) as stage, watching(Fate()) as fate:
        play = Play(stage, seed, fate)
        wrong: list[str] = []
        play.acts = chance.choice(ACTS)
        for act in range(play.acts):
            if act:
                wrong += quiet.lull(play)
                # Not always: what a poll mends, the next schedule would not meet.
                wrong += quiet.polled(play) if chance.random() < POLLED else []
            play.blow(chance.choice([1, 2, 3]))
        return [*wrong, *quiet.judged(play)], play
