"""Sign-ins begun and finished: once, in time, by who began them, and for one site."""

import pytest

from connector.errors import AccessDenied, Refused
from integrations.simulators import start_jira
from integrations.simulators.jira.passes import CLOUD_ID
from sync import agreements, connections
from sync.agreements import Choice, Wanted
from sync.connections import Connected
from tests.noted import noted
from tests.sync.signing import ME, agreed, row, sign_in, wanted
from tests.world import World, key_result, link


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
    with pytest.raises(Refused, match="install it from its settings"):
        agreements.begin(connected.runtime, asked, ME)


BOTH = "The sign-in may read, write back and set up webhooks."
NEITHER = (
    "The sign-in may read. It may not write back or set up webhooks: that needs write:jira-work and"
    " manage:jira-webhook; let the app have the permission, and sign in again with it."
)
NO_WRITING = (
    "The sign-in may read and set up webhooks. It may not write back: that needs write:jira-work;"
    " let the app have the permission, and sign in again with it."
)


@pytest.mark.parametrize(
    ("extras", "sentence"),
    [({"writeback", "registering"}, BOTH), (set(), NEITHER), ({"registering"}, NO_WRITING)],
)
def test_what_the_sign_in_may_is_told_and_kept(
    world: World, extras: set[str], sentence: str
) -> None:
    made = sign_in(world, extras=frozenset(extras))
    assert sentence in made.notes
    assert sentence in row(world).options["noted"]
    assert sentence in connections.again(world.runtime, "jira").notes


def test_other_scopes_have_nothing_read_anew(world: World) -> None:
    sign_in(world)
    world.apply(key_result("KR-1", link("jira:project:PLAT")))
    world.sync()
    before = [(each.generation, each.cursor) for each in world.rows("source")]
    assert BOTH in sign_in(world, extras=frozenset({"writeback", "registering"})).notes
    assert [(each.generation, each.cursor) for each in world.rows("source")] == before


def test_scopes_that_are_not_told_are_no_reason_to_fail(world: World) -> None:
    sign_in(world)
    world.trackers["jira"].faults.add("error", count=5, path="/accessible-resources")
    found = connections.again(world.runtime, "jira")
    assert found.error is None
    assert not [each for each in found.notes if "sign-in" in each]


def test_of_a_token_with_scopes_it_is_said_that_nobody_tells(world: World) -> None:
    gateway = f"{world.trackers['jira'].url}/ex/jira/{CLOUD_ID}"
    made = world.connect("jira", url=gateway, token="scoped-token")
    assert made.error is None
    assert "Which scopes the token has cannot be asked" in made.notes[-1]
    assert not [each for each in world.connect("jira", "plain").notes if "scopes" in each]
