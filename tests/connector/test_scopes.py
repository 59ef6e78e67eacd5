"""Scopes are split at their first separators and kept as written."""

import pytest

from connector.errors import Refused
from connector.scopes import parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jira:epic:PLAT-42", ("jira", None, "epic", "PLAT-42")),
        ("jira@eu:epic:PLAT-42", ("jira", "eu", "epic", "PLAT-42")),
        ("jira:jql:a = 'x:y' AND b ~ \"c@d\"", ("jira", None, "jql", "a = 'x:y' AND b ~ \"c@d\"")),
        ("github:label:acme/api/area: api/v2", ("github", None, "label", "acme/api/area: api/v2")),
        ("jira@eu:label:PLAT/a@b:c", ("jira", "eu", "label", "PLAT/a@b:c")),
        ("jira:version:PLAT/2.0 / final ", ("jira", None, "version", "PLAT/2.0 / final")),
    ],
)
def test_a_scope_is_split_at_its_first_separators(text, expected):
    scope = parse(text)
    assert (scope.tracker, scope.connection, scope.kind, scope.value) == expected
    assert scope.text == text


@pytest.mark.parametrize(
    "text", ["", "jira", "jira:epic", "jira:epic:", "jira:epic:  ", ":epic:A-1", "jira::A-1",
             "jira@:epic:A-1", "@eu:epic:A-1"]
)  # fmt: skip
def test_what_is_no_scope_is_refused_with_the_form(text):
    with pytest.raises(Refused, match="jira:epic:PLAT-42"):
        parse(text)
