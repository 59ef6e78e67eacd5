"""How connections do, for people and programs, and testing one."""

from tests.cli.conftest import Typed


def test_a_stop_is_told_with_its_fix_and_ended_by_a_test(ready: Typed) -> None:
    ready.jira.faults.add("unauthorized")
    ready("sync", "jira", code=1)
    found = {each["name"]: each for each in ready.json("connections")["connections"]}
    jira = found["jira"]
    assert (jira["word"], jira["error_kind"], found["github"]["word"]) == (
        "broken",
        "denied",
        "fresh",
    )
    assert jira["failing_since"]
    assert [each["next_at"] for each in jira["sources"]] == [None]
    assert "worklift connections --test" in jira["fix"]
    assert "refused since" in ready("connections").stdout
    assert "token" in ready("connections", "--test", "jira", code=1).stderr
    ready.jira.faults.clear()
    bad = [each for each in ready.json("doctor", code=1)["checks"] if not each["ok"]]
    assert {each["fix"] for each in bad if each["name"] == "connection jira"} == {
        "run: worklift connections --test jira"
    }
    done = ready("connections", "--test", "jira").stdout
    assert "connected as" in done
    assert "No end of the token is known" in done
    assert "broken" not in ready("connections").stdout
