"""``worklift hooks``: shown, set up, taken away, and a new secret."""

import json
import re
from collections.abc import Callable

from tests.cli.conftest import Server, Typed
from tests.servers import wait_for
from tests.world import key_result, link

PUBLIC = {"WORKLIFT_PUBLIC_URL": "https://worklift.example"}


def test_webhooks_are_set_up_shown_and_taken_away(typed: Typed) -> None:
    typed.connect()
    before = typed("hooks", "jira", **PUBLIC).stdout
    assert "no webhooks set up by Worklift" in before
    assert "URL: https://worklift.example/hooks/jira\n" in before
    assert re.search(r"does not sign: https://worklift\.example/hooks/jira/[\w-]{43}\n", before)
    assert "1. Let Worklift set it up" in before
    assert "webhooks set up in Jira" in typed("hooks", "jira", "--register", **PUBLIC).stdout
    assert len(typed.jira.site.postman.hooks) == 1
    after = typed("hooks", "jira", "--remove", **PUBLIC).stdout
    assert "no webhooks set up by Worklift" in after
    assert typed.jira.site.postman.hooks == []


def test_a_new_secret_is_shown_once(typed: Typed) -> None:
    typed.connect()
    said = typed("hooks", "jira", "--rotate", **PUBLIC).stdout
    found = re.search(r"shown only now: (\S{43})\n", said)
    assert found
    assert "old secret is good until" in said
    assert found[1] not in typed("hooks", "jira", **PUBLIC).stdout


def test_webhooks_as_json(typed: Typed) -> None:
    typed.connect()
    done = typed("hooks", "jira", "--register", "--json", **PUBLIC)
    assert '"admin/1"' in done.stdout
    assert '"secret":' not in done.stdout
    assert '"secret":' in typed("hooks", "jira", "--rotate", "--json", **PUBLIC).stdout


def test_what_does_not_work_is_a_sentence(typed: Typed) -> None:
    typed.connect()
    assert "WORKLIFT_PUBLIC_URL" in typed("hooks", "jira", "--register", code=2).stderr
    assert "WORKLIFT_PUBLIC_URL" in typed("hooks", "jira").stdout
    assert "one thing at a time" in typed.refused("hooks", "jira", "--register", "--remove")
    assert "no connection 'x'" in typed.refused("hooks", "x")
    typed.jira.site.is_admin = False
    refused = typed("hooks", "jira", "--register", code=1, **PUBLIC)
    assert "Administer Jira" in refused.stderr
    assert "Or by hand" in refused.stdout


def test_disconnecting_says_which_webhooks_stayed(typed: Typed) -> None:
    typed.connect()
    typed("hooks", "jira", "--register", **PUBLIC)
    typed.jira.site.is_admin = False
    said = typed("disconnect", "jira", **PUBLIC)
    assert "webhooks are still in the tracker" in said.stderr
    assert "token is forgotten" in said.stdout


def test_a_running_server_does_it_too_and_takes_unsigned_deliveries_by_the_secret_path(
    typed: Typed, serve: Callable[..., Server]
) -> None:
    server, site = serve(**PUBLIC), typed.jira.site
    typed.connect()
    assert "webhooks set up in Jira" in typed("hooks", "jira", "--register").stdout
    (registered,) = site.postman.hooks
    assert registered.url == "https://worklift.example/hooks/jira"
    path = json.loads(typed("hooks", "jira", "--json").stdout)["secret_url"].rpartition("/")[2]
    site.postman.hooks.clear()
    for last in (path, "wrong"):
        site.add_hook(f"http://127.0.0.1:{server.port}/hooks/jira/{last}")
    site.add_issue("PLAT", "Told of without a signature")
    good, wrong = site.deliveries[-2:]
    assert wait_for(lambda: good.status, "the delivery") == 202
    assert wait_for(lambda: wrong.status, "the other delivery") == 404
    server.stop()
    assert path not in server.log.read_text()


def test_githubs_webhooks_are_set_up_in_each_repository_and_taken_away(typed: Typed) -> None:
    typed.connect_github()
    typed("apply", typed.plan(key_result("KR-1", link("github:repo:acme/api"))))
    before = typed("hooks", "github", **PUBLIC).stdout
    assert "choose the events Issues" in before
    assert "does not sign" not in before
    after = typed("hooks", "github", "--register", **PUBLIC).stdout
    assert "webhooks set up in GitHub for acme/api" in after
    (hook,) = typed.github.site.postman.hooks
    assert hook.url == "https://worklift.example/hooks/github"
    typed("hooks", "github", "--remove", **PUBLIC)
    assert typed.github.site.postman.hooks == []
