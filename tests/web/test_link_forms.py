"""The link form, read and shown: pull requests left out, beside other items, or alone."""

import pytest
from werkzeug.datastructures import MultiDict

from connector.okr import LinkRule
from web.links import choices, forms

SCOPE = "github:milestone:acme/api/7"


@pytest.mark.parametrize("given", [False, True, "only"])
def test_what_a_link_does_with_pull_requests_goes_through_the_form(given) -> None:
    shown = forms.shown(SCOPE, LinkRule(pull_requests=given))
    found = forms.read(MultiDict({**shown, "subtasks": "1"}))
    assert found.problems == {}
    assert found.link is not None
    assert (found.link.rule.pull_requests, found.link.rule.subtasks) == (given, True)
    assert [value for value, _ in choices.PULL_REQUESTS].count(shown["pull_requests"]) == 1


def test_pull_requests_are_left_out_unless_asked_for() -> None:
    found = forms.read(MultiDict({"scope": SCOPE, "measure": "share", "size": "count"}))
    assert found.link is not None
    assert found.link.rule == LinkRule()
    assert not found.is_unusual


def test_another_word_is_told_at_its_field() -> None:
    found = forms.read(MultiDict({"scope": SCOPE, "measure": "share", "pull_requests": "perhaps"}))
    assert found.link is None
    assert found.problems.keys() == {"pull_requests"}
    assert found.is_unusual
