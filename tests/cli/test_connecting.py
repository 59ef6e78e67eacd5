"""Connecting by what is typed: tokens, signing in step by step, and the mapping proposed."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
import requests
import yaml
from click.testing import CliRunner, Result

from connector.mapping import checked
from tests.cli.conftest import Server, Typed
from tests.servers import PATIENCE
from tests.world import EMAIL
from web import cli

SECRET = {"APP_SECRET": "client-secret"}
BEGIN = "--oauth --client-id client-id --client-secret-env APP_SECRET --allow-private".split()


def came_back(address: str, which: str = "accept") -> str:
    """The whole address a person comes back to."""
    page = requests.get(address, timeout=PATIENCE).text
    return unescape(page.partition(f'id="{which}" href="')[2].partition('"')[0])


def sign_in(typed: Typed, *more: str, answer: Callable[[str], str], code: int = 0) -> Result:
    """Type the command, and answer its questions while it runs."""
    command = ["connect", "jira", "cloud", *BEGIN, "--auth-server", typed.jira.url, *more]
    pasted: list[str] = []

    def asked(text: str, **_: Any) -> str:
        pasted.append(text)
        return answer(text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("click.prompt", asked)
        done = CliRunner().invoke(cli.main, command, env={**typed.environ, **SECRET})
    assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
    assert "client-secret" not in done.stdout + done.stderr
    assert pasted[0] == "The address you came back to"
    return done


def paste(_question: str = "") -> str:
    """A person who opens the address printed, agrees, and pastes where they came back to."""
    return came_back(ADDRESSES[-1])


ADDRESSES: list[str] = []


@pytest.fixture(autouse=True)
def _seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was printed for people to open."""
    ADDRESSES.clear()
    out = cli.Terminal.out

    def noted(self: Any, words: str) -> None:
        ADDRESSES.extend(re.findall(r"^http\S+/authorize\?\S+", words))
        out(self, words)

    monkeypatch.setattr(cli.Terminal, "out", noted)


def test_a_test_says_what_was_found_and_proposes_a_mapping(typed: Typed) -> None:
    said = typed.connect("jira", "--expires-on", "2031-01-31").stdout
    assert "jira: connected as Simulated user" in said
    assert "The token sees 1 project: PLAT." in said
    assert "proposed field mapping" in said
    assert "worklift mapping propose jira" in said
    assert "sprint_field: customfield_10020" in said


def test_the_proposed_mapping_is_a_file_that_can_be_set(typed: Typed, tmp_path) -> None:
    typed.connect()
    text = typed("mapping", "propose", "jira").stdout
    assert checked(yaml.safe_load(text))["dropped"] == [
        "Won't Do",
        "Duplicate",
        "Cannot Reproduce",
    ]
    assert "# statuses: Backlog (todo)" in text
    found = typed.json("mapping", "propose", "jira")
    assert found["mapping"] == yaml.safe_load(text)
    assert {"name": "Epic", "level": 1} in found["types"]
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    said = typed("mapping", "set", "jira", str(path), "--reason", "As proposed")
    assert "version 1 saved" in said.stdout
    assert "no connection 'nowhere'" in typed.refused("mapping", "propose", "nowhere")


def test_a_token_that_ends_is_said_by_connections_and_doctor(typed: Typed) -> None:
    typed.connect("jira", "--expires-on", "2020-01-31")
    assert "The token ended on 31 January 2020" in typed("connections").stdout
    checks = typed.json("doctor", code=1)["checks"]
    (found,) = [each for each in checks if each["name"] == "token jira"]
    assert not found["ok"]
    assert "worklift connect jira jira" in found["fix"]


def test_a_setting_that_is_not_typed_again_stays_and_an_empty_one_goes(typed: Typed) -> None:
    typed.connect("jira", "--conventions", "PLAT", "--expires-on", "2031-01-31")
    again = ("connect", "jira", "jira", "--url", f"{typed.jira.url}/", "--token-env", "JIRA_TOKEN")
    said = typed(*again).stderr
    assert "--conventions PLAT" in said
    assert "--expires-on 2031-01-31" in said
    assert "--conventions PLAT" in typed(*again, "--expires-on", "").stderr
    assert "--expires-on" not in typed(*again).stderr
    assert "--conventions" not in typed(*again, "--conventions", "").stderr
    assert "--conventions" not in typed(*again).stderr
    assert "must start with https" in typed.refused(*again, "--no-allow-private")


def test_what_is_not_typed_stays_when_somebody_signs_in_again(typed: Typed) -> None:
    sign_in(typed, "--conventions", "PLAT", answer=paste)
    assert "--conventions PLAT" in sign_in(typed, answer=paste).stderr
    assert "--conventions" not in sign_in(typed, "--conventions", "", answer=paste).stderr


def test_a_connection_that_works_outlives_a_wrong_token_unless_forced(typed: Typed) -> None:
    typed.connect()
    said = typed.connect(code=1, token="WRONG").stderr
    assert "nothing was saved and it goes on as it was" in said
    wrong = ("connect", "jira", "jira", "--url", f"{typed.jira.url}/away", "--token-env",
             "JIRA_TOKEN", "--allow-private")  # fmt: skip
    assert "nothing was saved" in typed(*wrong, code=1).stderr
    assert "broken" not in typed("connections").stdout
    assert "saved, but" in typed.connect("jira", "--force", code=1, token="WRONG").stderr
    assert "broken" in typed("connections").stdout


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--token-env", "JIRA_TOKEN"), "--url: give it"),
        (("--url", "https://x.example"), "--token-env: give it, or sign in with --oauth"),
        (("--url", "https://x.example", "--token-env", "NONE"), "the variable NONE is not set"),
        (("--url", "https://x.example", "--token-env", "JIRA_TOKEN", "--client-id", "x"),
         "--client-id belongs to signing in: give --oauth too"),
        (("--url", "https://x.example", "--token-env", "JIRA_TOKEN", "--expires-on", "soon"),
         "expires_on: 'soon' is not a date"),
        (("--oauth",), "--client-id: signing in needs it"),
        (("--oauth", "--client-id", "x"), "--client-secret-env: signing in needs it"),
        (("--oauth", "--client-id", "x", "--client-secret-env", "JIRA_TOKEN", "--email", "a@b.c"),
         "--email belongs to a token"),
    ],
)  # fmt: skip
def test_what_is_missing_or_out_of_place(typed: Typed, more: tuple[str, ...], said: str) -> None:
    assert said in typed.refused("connect", "jira", "new", *more)


def test_signing_in_step_by_step(typed: Typed) -> None:
    done = sign_in(typed, answer=paste)
    assert "callback URL has to be" in done.stderr
    assert "http://localhost:8000/connect/signed-in" in done.stderr
    assert "cloud: connected as Simulated user" in done.stdout
    assert "cloud  Jira" in typed("connections").stdout
    again = sign_in(typed, answer=paste)
    assert "secret:" not in again.stdout


def test_of_several_sites_one_is_asked_for_until_it_is_one_of_them(typed: Typed) -> None:
    other = {"id": "o", "url": "https://o.atlassian.net", "name": "other"}
    typed.jira.site.passes.others.append(other)
    answers = iter(["nowhere", "simulated"])
    done = sign_in(typed, answer=lambda q: paste() if "address" in q else next(answers))
    assert "other  https://o.atlassian.net" in done.stderr
    assert "site: choose one of" in done.stderr
    assert "cloud: connected" in done.stdout


def test_the_site_may_be_named_at_once(typed: Typed) -> None:
    other = {"id": "o", "url": "https://o.atlassian.net", "name": "other"}
    typed.jira.site.passes.others.append(other)
    done = sign_in(typed, "--site", "simulated", answer=paste)
    assert "cloud: connected" in done.stdout


def test_an_address_that_is_not_the_one_and_a_refusal_are_said(typed: Typed) -> None:
    for pasted in ("", "https://example.com/", "http://[", "?state=x"):
        done = sign_in(typed, answer=lambda _, given=pasted: given, code=2)
        assert "not the address you came back to" in done.stderr
    done = sign_in(typed, answer=lambda _: "http://x/?state=guessed&code=c", code=2)
    assert "This sign-in is over" in done.stderr
    done = sign_in(typed, answer=lambda _: came_back(ADDRESSES[-1], "refuse"), code=2)
    assert "User did not authorize the request" in done.stderr
    assert "cloud" not in typed("connections").stdout


def test_signing_in_beside_a_running_server(typed: Typed, serve: Callable[..., Server]) -> None:
    server = serve()
    done = sign_in(typed, answer=paste)
    assert "cloud: connected as Simulated user" in done.stdout
    assert json.loads(typed("mapping", "propose", "cloud", "--json").stdout)["mapping"]
    assert server.stop() == 0
    log = server.log.read_text()
    assert "Traceback" not in log
    for secret in (
        "client-secret",
        *typed.jira.site.passes.service,
        *typed.jira.site.passes.refresh,
    ):
        assert secret not in log


@pytest.mark.parametrize("token", ["späce", "two words", "snow☃", "tok\nen"])
def test_what_no_token_holds_is_refused_with_the_reason(typed: Typed, token: str) -> None:
    command = ["connect", "jira", "odd", "--url", typed.jira.url, "--token-env", "ODD"]
    assert "copy it again" in typed.refused(*command, ODD=token)


@pytest.mark.parametrize("tracker", ["jira", "github"])
def test_a_token_goes_where_its_name_is_connected_unless_another_address_is_typed(
    typed: Typed, tracker: str
) -> None:
    where = getattr(typed, tracker)
    typed.connect()
    typed.connect_github()
    again = ("connect", tracker, tracker, "--token-env", f"{tracker.upper()}_TOKEN")
    said = typed(*again)
    assert f"note: kept as it was: --url {where.url}" in said.stderr
    assert f"{tracker}: connected as " in said.stdout
    assert where.url in typed("connections").stdout
    typed("disconnect", tracker)
    person = ("--email", EMAIL) if tracker == "jira" else ()
    assert f"--url {where.url}" in typed(*again, *person, "--allow-private").stderr


def test_a_failed_test_of_a_stored_connection_says_no_more_than_that(typed: Typed) -> None:
    typed.connect_github()
    typed.github.site.tokens.known.clear()
    said = typed("connections", "--test", "github", code=1).stderr
    assert "github: the test failed: " in said
    assert "saved" not in said
