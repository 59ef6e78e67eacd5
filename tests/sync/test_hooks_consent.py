"""Webhooks of a sign-in: what they bear is verified where it is there, and the path always."""

import pytest

from integrations.tracker import secret_path
from sync.hooks import keeping
from tests.sync.signing import sign_in
from tests.sync.test_hooks import hooks, public, receive, send, shown
from tests.world import World

__all__ = ["public"]
Sent = tuple[dict[str, str], bytes]


@pytest.fixture
def signed_in(public: World) -> World:
    """Jira connected by signing in, with a webhook that Jira holds."""
    assert sign_in(public, extras=frozenset({"registering"})).error is None
    public.sync()
    assert keeping.register(public.runtime, "jira") is None
    assert len(hooks(public)) == 1
    return public


def path(world: World) -> str:
    return secret_path(world.secrets["jira"])


def bearing(sent: Sent, word: str | None) -> Sent:
    """The same delivery, bearing another word or none."""
    headers = {name: value for name, value in sent[0].items() if name != "Authorization"}
    return headers | ({} if word is None else {"Authorization": word}), sent[1]


def test_what_the_app_vouches_for_is_accepted_by_the_path_alone(signed_in: World) -> None:
    sent = send(signed_in)
    assert sent[0]["Authorization"].startswith("Bearer ")
    assert receive(signed_in, sent) == 401
    assert receive(signed_in, sent, "wrong") == 404
    assert receive(signed_in, sent, path(signed_in)) == 202


def test_the_word_of_another_app_is_refused_and_counted(signed_in: World) -> None:
    before = shown(signed_in).refused
    signed_in.trackers["jira"].site.passes.apps = {"other": "other-secret"}
    keeping.rotate(signed_in.runtime, "jira")
    sent = send(signed_in)
    good = hooks(signed_in)[0].url.rpartition("/")[2]
    word = sent[0]["Authorization"]
    for wrong in (word, f"{word}x", "Bearer", "Bearer ", "bearer a.b.c"):
        assert receive(signed_in, bearing(sent, wrong), good) == 401
    assert shown(signed_in).refused > before


@pytest.mark.parametrize("word", [None, "", "Basic eDp5"])
def test_without_a_word_the_path_guards_alone(signed_in: World, word: str | None) -> None:
    sent = bearing(send(signed_in), word)
    assert receive(signed_in, sent, path(signed_in)) == 202
    assert receive(signed_in, sent) == 401


def test_a_connection_by_token_does_not_look_at_it(public: World) -> None:
    public.hook("jira")
    sent = bearing(send(public), "Bearer a.b.c")
    assert receive(public, sent) == 202
