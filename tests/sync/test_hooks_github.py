"""GitHub's webhooks: of each repository that links need, or of an organization; kept so."""

from dataclasses import replace
from typing import Any

import pytest

from sync import inbox, schedule
from sync.hooks import keeping
from sync.hooks.status import HookStatus, status
from tests.world import World, key_result, link

PUBLIC = "https://worklift.example"
DOOR = f"{PUBLIC}/hooks/github"


@pytest.fixture
def public(world: World) -> World:
    """A service that knows its own address, with GitHub connected and nothing linked."""
    world.runtime = replace(
        world.runtime, settings=replace(world.runtime.settings, public_url=PUBLIC)
    )
    world.trackers["github"].faults.add("drop_webhooks", count=10_000)  # nobody is there
    world.connect("github")
    for name in ("acme/api", "acme/web"):
        if name not in site(world).repos:
            site(world).add_repo(name)
        site(world).add_issue(name, "One")
    return world


@pytest.fixture
def linked(public: World) -> World:
    """The same with a repository linked."""
    return followed(public, "github:repo:acme/api")


def followed(world: World, *scopes: str) -> World:
    world.apply(key_result("KR-1", *(link(each) for each in scopes)))
    world.sync()
    return world


def site(world: World) -> Any:
    return world.trackers["github"].site


def hooks(world: World) -> list[Any]:
    return list(site(world).postman.hooks)


def shown(world: World) -> HookStatus:
    return status(world.runtime, "github")


def weak(world: World, **permissions: str) -> None:
    """A token that reads and may do nothing else."""
    token = site(world).tokens.fine(
        "acme", {"issues": "read", "pull_requests": "read", **permissions}
    )
    assert world.connect("github", token=token).error is None


def test_a_repositorys_webhook_is_set_up_signed_and_followed(linked: World) -> None:
    assert keeping.register(linked.runtime, "github") is None
    (hook,) = hooks(linked)
    assert (hook.url, hook.secret, hook.form, hook.insecure) == (
        DOOR, linked.secrets["github"], "json", "0",
    )  # fmt: skip
    assert {"issues", "milestone", "sub_issues", "pull_request", "label"} < hook.events
    assert "projects_v2_item" not in hook.events
    found = shown(linked)
    assert (found.ids, found.places) == ((f"repo/acme/api/{hook.id}",), ("acme/api",))
    assert (found.lacking, found.steps, found.error) == ((), (), None)
    site(linked).close("acme/api", 1)
    assert linked.deliver("github").status == 202
    linked.poll()
    assert linked.value() == 100


def test_registering_again_leaves_one_webhook_and_those_of_others(linked: World) -> None:
    others = site(linked).add_hook("https://elsewhere.example/hooks/github", repo="acme/api")
    site(linked).postman.hooks.append(replace(_made(linked), id=900, secret=""))
    for _ in range(3):
        assert keeping.register(linked.runtime, "github") is None
    assert len(hooks(linked)) == 2
    assert others in hooks(linked)
    assert keeping.remove(linked.runtime, "github") is None
    assert hooks(linked) == [others]


def test_before_anything_is_linked_webhooks_wait_for_the_first_link(public: World) -> None:
    assert keeping.register(public.runtime, "github") is None
    assert hooks(public) == []
    assert "no link names one yet" in shown(public).lacking[0]
    followed(public, "github:repo:acme/api")
    schedule.sweep(public.runtime)
    assert [hook.repo for hook in hooks(public)] == ["acme/api"]
    assert shown(public).lacking == ()


def test_a_new_link_brings_its_repositorys_webhook(linked: World) -> None:
    assert keeping.register(linked.runtime, "github") is None
    followed(linked, "github:repo:acme/api", "github:repo:acme/web")
    schedule.sweep(linked.runtime)
    assert sorted(hook.repo for hook in hooks(linked)) == ["acme/api", "acme/web"]
    calls = linked.calls("github")
    linked.clock.turn(seconds=30)
    schedule.sweep(linked.runtime)
    assert linked.calls("github") - calls <= 2  # a look at deliveries, one for each webhook


def test_a_project_has_the_organizations_webhook_where_the_token_may(public: World) -> None:
    site(public).add_project("acme", "Board")
    site(public).put_on_project(("acme", 1), ("acme/api", 1), Status="Todo")
    followed(public, "github:project:acme/1", "github:repo:acme/web")
    assert keeping.register(public.runtime, "github") is None
    (hook,) = hooks(public)
    assert hook.kind == "org"
    assert {"projects_v2", "projects_v2_item", "issues"} < hook.events
    assert shown(public).ids == (f"org/acme/{hook.id}",)
    assert shown(public).lacking == ()
    assert keeping.remove(public.runtime, "github") is None
    assert hooks(public) == []


def test_without_the_organizations_right_repositories_have_theirs_and_a_sentence_says_so(
    public: World,
) -> None:
    site(public).add_project("acme", "Board")
    site(public).put_on_project(("acme", 1), ("acme/api", 1), Status="Todo")
    weak(public, repository_hooks="write", organization_projects="read")
    followed(public, "github:project:acme/1")
    assert keeping.register(public.runtime, "github") is None
    assert [hook.repo for hook in hooks(public)] == ["acme/api"]
    (sentence,) = shown(public).lacking
    assert "admin:org_hook" in sentence
    assert "in acme (" in sentence


def test_without_any_right_the_sentence_names_the_fix_and_nothing_is_kept(linked: World) -> None:
    weak(linked)
    said = keeping.register(linked.runtime, "github")
    assert said is not None
    assert "acme/api" in said
    assert "admin:repo_hook" in said
    assert "Webhooks: Read and write" in said
    assert "by hand" in said
    (row,) = linked.rows("connection", name="github")
    assert (row.registered, row.broken_at) == (None, None)


def test_a_right_that_lacks_in_one_repository_is_told_and_tried_again(linked: World) -> None:
    followed(linked, "github:repo:acme/api", "github:repo:acme/web")
    site(linked).repo("acme/web").roles["octocat"] = "write"
    me = linked.rows("connection", name="github")[0].who
    site(linked).repo("acme/web").roles[me] = "write"
    assert keeping.register(linked.runtime, "github") is None
    assert [hook.repo for hook in hooks(linked)] == ["acme/api"]
    (sentence,) = shown(linked).lacking
    assert "acme/web" in sentence
    assert "acme/api" not in sentence
    site(linked).repo("acme/web").roles[me] = "admin"
    linked.clock.turn(hours=1)
    schedule.sweep(linked.runtime)
    assert len(hooks(linked)) == 1
    linked.clock.turn(days=1)
    schedule.sweep(linked.runtime)
    assert len(hooks(linked)) == 2
    assert shown(linked).lacking == ()


def test_more_webhooks_than_github_allows_is_a_sentence(linked: World) -> None:
    other = _made(linked)
    site(linked).postman.hooks += [
        replace(other, id=900 + number, url=f"https://x.example/{number}") for number in range(20)
    ]
    said = keeping.register(linked.runtime, "github")
    assert said is not None
    assert "allows no more webhooks in acme/api" in said


def _made(world: World) -> Any:
    """A webhook of somebody else's, as the tracker holds it."""
    assert keeping.register(world.runtime, "github") is None
    hook = hooks(world)[-1]
    assert keeping.remove(world.runtime, "github") is None
    return hook


def test_a_new_secret_is_told_and_the_old_one_is_good_for_a_day(linked: World) -> None:
    assert keeping.register(linked.runtime, "github") is None
    site(linked).close("acme/api", 1)
    early = linked.last_delivery("github")
    rotated = keeping.rotate(linked.runtime, "github")
    (hook,) = hooks(linked)
    assert (hook.secret, rotated.error) == (rotated.secret, None)
    assert inbox.receive(linked.runtime, "github", *early).status == 202
    linked.clock.turn(hours=25)
    assert inbox.receive(linked.runtime, "github", *early).status == 401
    site(linked).edit("acme/api", 1, title="Signed anew")
    assert linked.deliver("github").status == 202


def test_a_webhook_somebody_deleted_is_made_anew(linked: World) -> None:
    assert keeping.register(linked.runtime, "github") is None
    site(linked).postman.hooks.clear()
    schedule.sweep(linked.runtime)  # its deliveries are looked for, and it is not there
    schedule.sweep(linked.runtime)
    linked.clock.turn(minutes=1)
    schedule.sweep(linked.runtime)
    assert [hook.url for hook in hooks(linked)] == [DOOR]


def test_taking_it_away_without_the_right_says_so(linked: World) -> None:
    assert keeping.register(linked.runtime, "github") is None
    weak(linked)
    said = keeping.remove(linked.runtime, "github")
    assert said is not None
    assert "delete no webhooks of acme/api" in said


def test_a_repository_that_is_gone_takes_its_webhook_with_it(linked: World) -> None:
    assert keeping.register(linked.runtime, "github") is None
    site(linked).delete_repo("acme/api")
    assert keeping.remove(linked.runtime, "github") is None
