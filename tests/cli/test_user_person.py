"""Saying which person of the plan an account is."""

from tests.cli.conftest import Typed
from tests.world import key_result, plan

PEOPLE = "people:\n  - {key: here, name: The lead, role: lead}\n"


def test_an_account_is_said_to_be_a_person_or_nobody(typed: Typed) -> None:
    file = typed.home / "plan.yaml"
    file.write_text(plan(key_result("KR-1", value=5)) + PEOPLE)
    typed("apply", str(file))
    for name in ("one", "two"):
        typed("user", "add", name, "--password-env", "PW", PW="a long calm gate")

    assert "one is here" in typed("user", "person", "one", "here").stdout
    assert "the user one already" in typed.refused("user", "person", "two", "here")
    assert "one is nobody of the plan" in typed("user", "person", "one", "--nobody").stdout
    assert "two is here" in typed("user", "person", "two", "here").stdout


def test_what_cannot_be_meant_is_refused_with_a_sentence(typed: Typed) -> None:
    typed("user", "add", "one", "--password-env", "PW", PW="a long calm gate")
    assert "no account named nobody" in typed.refused("user", "person", "nobody", "here")
    assert "no person 'away'" in typed.refused("user", "person", "one", "away")
    for both in (("one",), ("one", "here", "--nobody")):
        assert "name a person of the plan, or give --nobody" in typed.refused(
            "user", "person", *both
        )
