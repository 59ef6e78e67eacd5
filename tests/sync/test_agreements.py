"""Sign-ins begun and finished: once, in time, by who began them, and for one site."""

import pytest

from connector.errors import AccessDenied, Refused
from integrations.simulators import start_jira
from integrations.simulators.jira.passes import CLOUD_ID
from sync import agreements
from sync.agreements import Choice, Wanted
from sync.connections import Connected
from tests.noted import noted
from tests.sync.signing import ME, agreed, row, sign_in, wanted
from tests.world import World


def test_a_sign_in_serves_once_for_who_began_it_and_not_for_long(world: World) -> None:
    def begin() -> tuple[str, str]:
        return agreed(agreements.begin(world.runtime, wanted(world), ME))

    state, code = begin()
    for who in ("user/2", "command line"):
        assert agreements.name_of(world.runtime, state, who) is None
        with pytest.raises(Refused, match="begun by somebody else"):
            agreements.finish(world.runtime, state, code, who)
    with pytest.raises(Refused, match="is over"):
        agreements.finish(world.runtime, "guessed", code, ME)
    assert agreements.name_of(world.runtime, state, ME) == "jira"
    assert isinstance(agreements.finish(world.runtime, state, code, ME), Connected)
    with pytest.raises(Refused, match="finished already"):
        agreements.finish(world.runtime, state, code, ME)
    state, code = begin()
    world.clock.turn(minutes=11)
    with pytest.raises(Refused, match="is over"):
        agreements.finish(world.runtime, state, code, ME)
    agreements.begin(world.runtime, wanted(world), ME)
    assert len(world.rows("agreement")) == 1


def test_a_refused_code_connects_nothing(world: World) -> None:
    state, _ = agreed(agreements.begin(world.runtime, wanted(world), ME))
    with pytest.raises(AccessDenied, match="Invalid authorization code"):
        agreements.finish(world.runtime, state, "another code", ME)
    assert world.rows("connection") == []


def test_of_several_sites_one_is_chosen(world: World) -> None:
    site = world.trackers["jira"].site
    site.passes.others.append({"id": "o", "url": "https://o.atlassian.net", "name": "other"})
    state, code = agreed(agreements.begin(world.runtime, wanted(world), ME))
    found = agreements.finish(world.runtime, state, code, ME)
    assert isinstance(found, Choice)
    assert [each.name for each in found.sites] == ["simulated", "other"]
    with pytest.raises(Refused, match="choose one of"):
        agreements.choose(world.runtime, state, "nowhere", ME)
    with pytest.raises(Refused, match="is over"):
        agreements.choose(world.runtime, state, "simulated", "user/2")
    with pytest.raises(Refused, match="is over"):
        agreements.finish(world.runtime, state, code, ME)
    assert agreements.choose(world.runtime, state, "simulated", ME).error is None
    # Signing in again to the same connection goes to the same site without asking.
    assert sign_in(world).error is None


def test_another_site_than_the_one_that_is_read_is_asked_for(world: World) -> None:
    assert sign_in(world).error is None
    before = row(world)
    with start_jira() as other:
        world.trackers["jira"] = other
        state, code = agreed(agreements.begin(world.runtime, wanted(world), ME))
        found = agreements.finish(world.runtime, state, code, ME)
        assert isinstance(found, Choice)
        assert [each.browse_url for each in found.sites] == [other.url]
        assert found.other == before.options["detected"]["browse_url"]
        assert (row(world).url, row(world).token_cipher) == (before.url, before.token_cipher)
        assert agreements.choose(world.runtime, state, other.url, ME).error is None
        assert row(world).url.startswith(other.url)


def test_signing_in_where_a_token_was_typed_is_the_same_site(connected: World) -> None:
    told = noted(connected)
    told.ask("comment")
    told.send()
    assert sign_in(connected).error is None
    assert row(connected).url.endswith(CLOUD_ID)
    assert row(connected).write_back == ["comment"]
    assert len(connected.rows("note")) == 1


def test_what_cannot_be_right_is_refused_before_anybody_is_sent_away(connected: World) -> None:
    for name, more, said in (
        ("Not A Name", {}, "connection name"),
        ("github", {}, "is a github connection"),
        ("new", {"secret": " "}, "client secret"),
    ):
        with pytest.raises(Refused, match=said):
            agreements.begin(connected.runtime, wanted(connected, name, **more), ME)
    asked = Wanted(tracker="github", name="x", client=wanted(connected).client)
    with pytest.raises(Refused, match="has no sign-in of its own"):
        agreements.begin(connected.runtime, asked, ME)
