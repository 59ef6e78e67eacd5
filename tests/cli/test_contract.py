"""Every command of the contract: its JSON keys, its exit codes, its sentences."""

import json
import re
from datetime import UTC, datetime

import pytest

from tests.cli.conftest import Typed
from tests.servers import free_port
from tests.world import key_result, link
from web.commands import COMMANDS, find
from web.words import THIN

LINK = "scope measure done total reading coverage items excluded as_of error".split()
KEY_RESULT = (
    "key title kind start target unit value progress score health partial "
    "expected computed capped confidence override links"
).split()
OBJECTIVE = (
    "key title kind score known grade passed health some_unknown supports key_results"
).split()
TEAM = (
    "key name parent lead score known subtree_score subtree_known grade health some_unknown "
    "objectives"
).split()
EXPLAINED = "contributions movements rebuilt history_from history_note called past".split()
CONTRIBUTION = "item title url status state done total included reason since".split()
MOVEMENT = "at recorded_at kind nature item delta done total why".split()
CHANGE = "at recorded_at kind nature subject author note delta value".split()


def test_score_has_exactly_the_shape_of_the_contract(ready: Typed) -> None:
    report = ready.json("score")
    assert list(report) == ["as_of", "cycle", "state", "verdict", "teams"]
    assert [(each["key"], each["parent"]) for each in report["teams"]] == [
        ("acme", None), ("platform", "acme"),
    ]  # fmt: skip
    team = report["teams"][1]
    assert list(team) == TEAM
    (objective,) = team["objectives"]
    assert list(objective) == OBJECTIVE
    first, second = objective["key_results"]
    assert list(first) == KEY_RESULT
    (one,) = first["links"]
    assert list(one) == LINK
    assert (one["scope"], one["measure"]) == ("jira:project:PLAT", {"share": "count"})
    assert (one["done"], one["total"], one["reading"], one["coverage"]) == (1, 4, 0.25, 1)
    assert (first["value"], second["value"], second["links"][0]["error"]) == (
        25,
        None,
        "no items yet",
    )
    assert (objective["score"], objective["known"], team["subtree_score"]) == (0.25, 0.5, 0.25)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", report["as_of"])
    named = ready.json("score", "--cycle", "now")["teams"][1]
    assert [named[each] for each in TEAM[:-1]] == [team[each] for each in TEAM[:-1]]


def test_explain_is_the_key_result_with_contributions_and_movements(ready: Typed) -> None:
    explained = ready.json("explain", "KR-1")
    assert list(explained) == [*KEY_RESULT, "changes"]
    assert [list(each) for each in explained["changes"]] == [CHANGE] * 4
    (one,) = explained["links"]
    assert list(one) == [*LINK, *EXPLAINED]
    assert [list(each) for each in one["contributions"]] == [CONTRIBUTION] * 4
    assert [list(each) for each in one["movements"]] == [MOVEMENT] * 4
    assert {each["item"] for each in one["contributions"]} == {f"PLAT-{n}" for n in range(1, 5)}
    at = datetime.now(UTC).isoformat()
    assert ready.json("explain", "KR-1", "--cycle", "now", "--at", at)["value"] == 25


def test_apply_tells_keys_and_twice_changes_nothing(typed: Typed) -> None:
    path = typed.plan(key_result("KR-1", link("jira:project:PLAT")))
    dry = typed.json("apply", path, "--dry-run")
    assert "apply a plan file" in typed.refused("score")
    assert list(dry) == ["created", "updated", "unchanged", "effects"]
    (effect,) = dry.pop("effects")
    assert (effect["key_result"], effect["before"]) == ("KR-1", None)
    assert effect["problem"] == "no connection to jira yet: connect one first"
    assert typed.json("apply", path) == dry
    assert typed.json("apply", path) == {"created": [], "updated": [], "unchanged": 5}


def test_sync_tells_what_it_did_by_connection(ready: Typed) -> None:
    ready.jira.site.transition("PLAT-2", "Done")
    found = ready.json("sync")["connections"]
    keys = ["name", "calls", "items_read", "items_changed", "items_gone", "seconds", "error"]
    assert [list(each) for each in found] == [keys, keys]
    github, jira = found
    assert (github["name"], jira["name"]) == ("github", "jira")
    assert (jira["items_changed"], jira["error"]) == (1, None)
    assert jira["calls"] > 0
    ready.jira.site.delete("PLAT-2")
    (only,) = ready.json("sync", "jira", "--full")["connections"]
    assert only["items_gone"] == 1


def test_a_sync_with_an_error_says_it_and_ends_with_one(ready: Typed) -> None:
    ready.jira.faults.add("error")
    github, jira = ready.json("sync", code=1)["connections"]
    assert (github["error"], "HTTP 500" in jira["error"]) == (None, True)
    ready.jira.faults.clear()
    ready.jira.faults.add("rate_limited", seconds=600, count=1)
    for _ in range(2):
        (jira,) = ready.json("sync", "jira", code=1)["connections"]
        assert "asked for a pause until" in jira["error"]
    assert "pause" in ready("sync", code=1).stdout
    assert ready.json("score")["teams"][1]["objectives"][0]["key_results"][0]["value"] == 25


def test_doctor_checks_everything(ready: Typed) -> None:
    checks = ready.json("doctor")["checks"]
    assert all(list(each) == ["name", "ok", "message", "fix"] for each in checks)
    names = {each["name"] for each in checks}
    assert names >= {"settings", "database", "key", "connection jira", "freshness github"}
    ready.jira.faults.add("unauthorized")
    bad = [each for each in ready.json("doctor", code=1)["checks"] if not each["ok"]]
    assert [each["name"] for each in bad] == ["connection jira"]
    assert bad[0]["fix"]
    assert "BAD connection jira" in ready("doctor", code=1).stdout


def test_doctor_names_bad_settings_too(typed: Typed) -> None:
    done = typed("doctor", "--json", code=1, WORKLIFT_TIME_ZONE="Mars", WORKLIFT_POLL_INTERVAL="x")
    assert done.stdout.count('"ok": false') == 2


def test_doctor_names_what_is_almost_called_like_a_setting(typed: Typed) -> None:
    done = typed("doctor", "--json", code=1, WORKLIFT_POL_INTERVAL="5m")
    (slip,) = [each for each in json.loads(done.stdout)["checks"] if not each["ok"]]
    assert slip["name"] == "settings"
    assert slip["message"] == "WORKLIFT_POL_INTERVAL is no setting"
    assert "WORKLIFT_POLL_INTERVAL" in slip["fix"]


def test_doctor_says_as_json_that_no_database_answers(typed: Typed) -> None:
    away = f"postgresql://me:hidden@127.0.0.1:{free_port()}/x"
    done = typed("doctor", "--json", code=1, DATABASE_URL=away)
    (check,) = json.loads(done.stdout)["checks"]
    assert (check["name"], check["ok"], bool(check["fix"])) == ("database", False, True)
    assert "hidden" not in done.stdout + done.stderr
    assert "BAD database" in typed("doctor", code=1, DATABASE_URL=away).stdout


def test_doctor_names_up_to_five_links_that_cannot_be_read(ready: Typed) -> None:
    assert "links" in {each["name"] for each in ready.json("doctor")["checks"]}
    scopes = [link("jira:project:NONE"), *(link(f"github:repo:acme/r{n}") for n in range(5))]
    ready("apply", ready.plan(*(key_result(f"KR-{n}", each) for n, each in enumerate(scopes, 3))))
    ready("sync", "jira")
    ready("disconnect", "github")
    (check,) = [each for each in ready.json("doctor", code=1)["checks"] if each["name"] == "links"]
    named = check["message"].split("; ")
    assert named[0] == "KR-2 github:milestone:acme/api/1: no connection to github"
    assert named[1].startswith("KR-3 jira:project:NONE: ")
    assert (len(named), named[-1]) == (6, "and 2 more")
    assert (check["ok"], bool(check["fix"])) == (False, True)


def test_a_user_without_a_name_applies_by_number(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 4242")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert "KR-1" in typed.json("apply", typed.plan(key_result("KR-1", value=1)))["created"]


def test_connections_are_listed_and_disconnected(ready: Typed) -> None:
    lines = ready("connections").stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["github", "jira"]
    assert "fresh" in lines[1]
    assert lines[1].endswith("  1 link")
    assert "token is forgotten; the history of 1 link stays" in ready("disconnect", "jira").stdout
    assert "jira" not in ready("connections").stdout
    assert "there are: github" in ready.refused("disconnect", "jira")


def test_audit_and_rebuild_find_nothing_to_mend(ready: Typed) -> None:
    assert "no difference" in ready("audit").stdout
    assert "2 links" in ready("rebuild").stdout
    with ready.jira.site.quiet():
        ready.jira.site.add_issue("PLAT", "Unseen")
    assert "PLAT-5 is not in the mirror" in ready("audit", code=1).stdout
    (difference,) = ready.json("audit", code=1)["differences"]
    assert difference == {"where": "jira", "sentence": "PLAT-5 is not in the mirror"}


def test_people_who_may_sign_in_are_made(typed: Typed) -> None:
    said = typed(
        "user", "add", "lead", "--role", "lead", "--password-env", "PW", PW="a long calm gate"
    )
    assert "lead can sign in as lead" in said.stdout
    typed("user", "password", "lead", "--password-env", "PW", PW="another calm gate")
    assert typed.refused("user", "add", "lead", "--password-env", "PW", PW="a long calm gate")
    assert typed.refused("user", "add", "two", "--password-env", "PW", PW="short")
    assert "PW is not set" in typed.refused("user", "add", "two", "--password-env", "PW")
    assert "no terminal to ask on; name a variable" in typed.refused("user", "add", "two")


def test_text_for_people_says_the_same(ready: Typed) -> None:
    scored = ready("score").stdout
    assert re.search(f"KR-1 Key result KR-1 +25{THIN}%  0.25  on track", scored)
    assert re.search("KR-2 Key result KR-2 +–     –  unknown", scored)
    assert re.search(f"O-1 .* 0.25  weak, unknown, 50{THIN}% known", scored)
    explained = ready("explain", "KR-1").stdout
    assert f"1 of 4 (25{THIN}%)" in explained
    assert "PLAT-2" in explained
    assert "finished" not in explained
    assert "no items yet" in ready("explain", "KR-2").stdout


def test_every_command_is_there() -> None:
    assert all(callable(find(name)) for name in COMMANDS)
    assert find("format") is None


def test_the_schema_is_upgraded_and_named(typed: Typed) -> None:
    assert "newest schema" in typed("db", "upgrade").stdout
    assert re.fullmatch(r"worklift \d+\.\d+\.\d+\n", typed("--version").stdout)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["score", "--cycle", "moon"], "there is no cycle 'moon'; there are: now"),
        (["explain", "KR-9"], "there is no key result 'KR-9'"),
        (["explain", "KR-1", "--at", "yesterday"], "is not a time"),
        (["explain", "KR-1", "--at", "2026-11-03T14:00:00"], "has no time zone"),
        (["explain", "KR-1", "--at", "2999-01-01T00:00:00Z"], "lies in the future"),
        (["explain", "KR-1", "--cycle", "now", "--at", "2000-01-01T00:00:00Z"], "not recorded yet"),
        (["sync", "moon"], "there is no connection 'moon'; there are: github, jira"),
        (["disconnect", "moon"], "there is no connection 'moon'"),
        (["apply", "nothing.yaml"], "nothing.yaml"),
        (
            ["connect", "jira", "x", "--url", "https://x.example", "--token-env", "NONE"],
            "NONE is not set",
        ),
        (["connect", "jira", "x", "--url", "http://x.example", "--token-env", "WRONG"], "http"),
        (
            ["connect", "jira", "Bad Name", "--url", "https://x.example", "--token-env", "WRONG"],
            "Bad Name",
        ),
        (["connect", "jira", "x", "--url", "not a url", "--token-env", "WRONG"], "not a url"),
        (["connect", "moon", "x"], "moon"),
        (["up", "--port", "99999"], "99999"),
        (["user", "password", "nobody", "--password-env", "WRONG"], "nobody"),
        (["simulate", "jira", "--load", "no/folder"], "no/folder"),
    ],
)
def test_wrong_use_is_a_sentence_and_exit_code_two(ready: Typed, command, said: str) -> None:
    assert said in ready.refused(*command)


def test_before_any_plan_there_is_nothing_to_score(typed: Typed) -> None:
    assert "apply a plan file" in typed.refused("score")
    assert "no connection yet" in typed("sync").stderr
    assert typed.json("sync") == {"connections": []}


def test_a_bad_plan_names_file_line_key_and_fix(typed: Typed, tmp_path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("worklift: 1\nteams:\n  - {key: a, nmae: A, kind: team, parent: zzz}\n")
    said = typed.refused("apply", str(path))
    assert f"{path}:3:" in said
    assert "nmae" in said
    path.write_bytes(b"\xff\xfe")
    assert "UTF-8" in typed.refused("apply", str(path))


def test_wrong_settings_are_all_named(typed: Typed) -> None:
    said = typed.refused("score", WORKLIFT_TIME_ZONE="Mars", DATABASE_URL="mysql://me:pw@x/y")
    assert {line.partition(":")[0] for line in said.splitlines()} == {
        "WORKLIFT_TIME_ZONE", "DATABASE_URL",
    }  # fmt: skip
    assert "pw" not in said


def test_a_data_folder_that_cannot_be_is_a_sentence(typed: Typed, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    assert "WORKLIFT_HOME" in typed.refused("score", WORKLIFT_HOME=str(tmp_path / "file" / "home"))


@pytest.mark.parametrize("content", [b"this is not a database at all" * 50])
def test_a_file_that_is_no_database_is_a_sentence(typed: Typed, content: bytes) -> None:
    (typed.home / "worklift.db").write_bytes(content)
    assert "database" in typed("score", code=1).stderr


def test_a_connection_whose_test_fails_is_kept_and_said(typed: Typed) -> None:
    failed = typed.connect(code=1, token="WRONG")
    assert "saved, but the test failed" in failed.stderr
    assert "broken" in typed("connections").stdout
    assert "connected as" in typed.connect().stdout
    assert "broken" not in typed("connections").stdout


def test_a_private_address_needs_its_flag(typed: Typed) -> None:
    said = typed.refused(
        "connect", "github", "g", "--url", typed.github.url, "--token-env", "GITHUB_TOKEN"
    )
    assert "--allow-private" in said


@pytest.mark.parametrize(("token", "code"), [("tökén→", 2), ("a\nb", 2), ("x" * 5000, 1)])
def test_a_strange_token_is_a_sentence(typed: Typed, token: str, code: int) -> None:
    done = typed("connect", "jira", "jira", "--url", typed.jira.url, "--token-env", "ODD",
                 "--allow-private", code=code, ODD=token)  # fmt: skip
    assert token not in done.stdout + done.stderr


def test_no_token_or_password_lies_open_in_the_data_folder(ready: Typed) -> None:
    ready("user", "add", "lead", "--password-env", "PW", PW="a long calm gate")
    hook = re.search(r"secret: (\S+)", ready.connect("other").stdout)
    assert hook
    stored = b"".join(path.read_bytes() for path in ready.home.rglob("*") if path.is_file())
    assert b"PLAT-1" in stored
    for secret in ("jira-token", "github-token", "a long calm gate", hook[1]):
        assert secret.encode() not in stored
