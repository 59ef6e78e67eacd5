"""GraphQL of the simulated GitHub: queries as texts, unknown names, what a caller may not see."""

import pytest
import requests

from integrations.simulators.github import query


@pytest.fixture
def ask(github):
    def asked(text, token="github-token", **variables):
        answer = requests.post(
            f"{github.url}/api/graphql",
            json={"query": text, "variables": variables},
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )
        assert answer.status_code == 200
        return answer.json()

    return asked


@pytest.fixture
def issue(github):
    github.site.add_repo("acme/api", private=True)
    number = github.site.add_issue("acme/api", "One", labels=["okr", "next"])
    return github.site.item("acme/api", number)


TIMELINE = """query($ids: [ID!]!, $after: String) { nodes(ids: $ids) { id ... on Issue {
  # a remark
  entries: timelineItems(first: 1, after: $after, itemTypes: [LABELED_EVENT, CLOSED_EVENT]) {
    pageInfo { hasNextPage endCursor } nodes { __typename ... on LabeledEvent { label { name } } }
  } } } }"""


def test_pages_aliases_and_fragments(ask, issue):
    node = issue.fields["node_id"]
    entries = ask(TIMELINE, ids=[node])["data"]["nodes"][0]["entries"]
    assert entries["nodes"] == [{"__typename": "LabeledEvent", "label": {"name": "okr"}}]
    cursor = entries["pageInfo"]["endCursor"]
    last = ask(TIMELINE, ids=[node], after=cursor)["data"]["nodes"][0]["entries"]
    assert last["nodes"][0]["label"] == {"name": "next"}
    assert not last["pageInfo"]["hasNextPage"]


def test_what_is_not_there_or_not_to_be_seen_is_an_error_beside_null(ask, issue, github):
    node = issue.fields["node_id"]
    found = ask(TIMELINE, ids=["I_none", node])
    assert found["data"]["nodes"][0] is None
    assert [(each["type"], each["path"]) for each in found["errors"]] == [
        ("NOT_FOUND", ["nodes", 0])
    ]
    stranger = github.site.tokens.classic(scopes=[], login="stranger")
    assert ask(TIMELINE, stranger, ids=[node])["data"]["nodes"] == [None]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{ viewer { nickname } }", "nickname"),
        ("{ viewer { ... on Robot { login } } }", "No such type Robot"),
        ("{ viewer { login }", "end of document"),
        ("{ viewer { login } } %", "Unexpected"),
        (TIMELINE.replace("CLOSED_EVENT", "NO_EVENT"), "itemTypes"),
    ],
)
def test_a_query_that_does_not_fit_the_schema_has_no_answer(ask, text, word):
    found = ask(text, ids=[])
    assert "data" not in found
    assert word in found["errors"][0]["message"]


def test_a_server_may_lack_types(ask, github):
    members = '{ __type(name: "IssueTimelineItems") { possibleTypes { name } } }'
    github.site.lacks = frozenset({"ClosedEvent"})
    names = {each["name"] for each in ask(members)["data"]["__type"]["possibleTypes"]}
    assert "LabeledEvent" in names
    assert "ClosedEvent" not in names
    assert "ClosedEvent" in ask("{ viewer { ... on ClosedEvent { id } } }")["errors"][0]["message"]


def test_values_of_all_kinds_are_read():
    (part,) = query.parse('query Q($n: Int!) { a: b(x: "q\\"x", y: [1, -2.5], z: $n, w: null) }')
    assert (part.alias, part.name) == ("a", "b")
    assert query.arguments(part, {"n": 7}) == {"x": 'q"x', "y": [1, -2.5], "z": 7, "w": None}
