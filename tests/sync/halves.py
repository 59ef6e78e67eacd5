"""A connection that is read, with half of its work done."""

from tests.world import World, key_result, link


def half_done(world: World, scope: str) -> World:
    """Jira with one open issue of two, linked by ``scope``, read, and sending webhooks."""
    world.connect("jira")
    site = world.trackers["jira"].site
    for title in ("One", "Two"):
        site.add_issue("PLAT", title)
    site.transition("PLAT-1", "Done")
    world.apply(key_result("KR-1", link(scope)))
    world.poll()
    world.hook("jira")
    return world
