"""A plan whose key results are mostly without links, beside two trackers with work like them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sync import runtime as composition
from sync.queue import SilentDoorbell
from tests.databases import lay_out
from tests.world import Clock, World, key_result, link, settings

TITLE = "Finish the queue migration"


def planned(home: Path, jira: Any, github: Any) -> Iterator[World]:
    """Epics in the mirror, of which one is like KR-1; KR-2 is linked, KR-3 typed, KR-4 bare."""
    clock = Clock()
    for running in (jira, github):
        running.site.now = clock
    lay_out(home)
    runtime = composition.build(settings(home), doorbell=SilentDoorbell(), clock=clock)
    world = World(runtime, clock, {"jira": jira, "github": github})
    for tracker in world.trackers:
        assert world.connect(tracker).error is None
    for title in ("Queue migration", "Gift cards", "Dark mode"):
        epic = jira.site.add_issue("PLAT", title, "Epic").key
        for number in range(2):
            jira.site.add_issue("PLAT", f"Step {number} of {epic}", parent=epic)
    jira.site.transition("PLAT-2", "Done")
    world.apply(
        key_result("KR-1", title=TITLE),
        key_result("KR-2", link("jira:project:PLAT")),
        key_result("KR-3", title="Gift vouchers sold", value=3),
        key_result("KR-4", title="Visitors who come back"),
    )
    world.sync()
    yield world
    runtime.store.close()
