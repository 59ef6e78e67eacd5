"""A service started with another key: nothing of it is lost, and the clock goes on."""

from dataclasses import replace

from sync import inbox, schedule
from sync.hooks import keeping
from sync.hooks.status import status
from sync.runtime import Runtime
from sync.vault import Vault
from tests.sync.test_hooks import hooks, public, receive, send
from tests.sync.test_hooks_by_hand import by_hand, site
from tests.world import World

__all__ = ["by_hand", "public", "site"]


def under_another_key(world: World) -> Runtime:
    """The same service; the database's secrets are sealed with another key."""
    return replace(world.runtime, vault=Vault(bytes(32)))


def test_the_sweep_goes_on_to_its_end_and_tells_no_tracker_anything(public: World) -> None:
    assert keeping.register(public.runtime, "jira") is None
    before = hooks(public)
    public.clock.turn(days=2)
    source = public.sources()[0]
    assert source in schedule.sweep(under_another_key(public))
    assert hooks(public) == before
    public.clock.turn(minutes=2)
    assert source in schedule.sweep(public.runtime)


def test_webhooks_entered_by_hand_stop_no_sweep_either(by_hand: World) -> None:
    by_hand.clock.turn(hours=2)
    assert schedule.sweep(under_another_key(by_hand))


def test_a_delivery_is_to_be_sent_again_and_nobody_learns_why(public: World) -> None:
    assert keeping.register(public.runtime, "jira") is None
    other = under_another_key(public)
    headers, body = send(public)
    receipts = [inbox.receive(other, "jira", headers, body, peer="203.0.113.7") for _ in range(200)]
    assert {each.status for each in receipts} == {503}
    assert all(each.again_in and "key" not in each.sentence for each in receipts)
    assert inbox.receive(other, "jira", headers, body, path="guess").status == 503
    assert receive(public, (headers, body)) == 202


def test_connecting_again_makes_webhooks_whole(public: World) -> None:
    assert keeping.register(public.runtime, "jira") is None
    public.runtime = under_another_key(public)
    made = public.connect("jira")
    assert made.error is None
    assert made.hook_secret
    assert status(public.runtime, "jira").asked
    public.clock.turn(minutes=3)
    schedule.sweep(public.runtime)  # tells the tracker of the new secret
    assert receive(public, send(public)) == 202
    assert public.connect("jira").hook_secret is None


def test_a_new_secret_can_be_made_and_what_nobody_reads_can_be_disconnected(public: World) -> None:
    assert keeping.register(public.runtime, "jira") is None
    public.runtime = under_another_key(public)
    made = keeping.rotate(public.runtime, "jira")
    assert "encrypted with another key" in (made.error or "")
    assert made.until <= public.clock()  # nothing is good that cannot be read
    public.runtime = replace(public.runtime, vault=Vault(bytes([1] * 32)))
    links, error = keeping.disconnect(public.runtime, "jira")
    assert (links, "encrypted with another key" in (error or "")) == (1, True)
    (row,) = public.rows("connection")
    assert row.ended_at is not None
