"""Whatever a Jira answers to setting up webhooks, the outcome is webhooks or a sentence."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import TrackerError, Unavailable
from integrations.jira.registrar import JiraRegistrar
from integrations.kit.answers import Answer, judge
from integrations.tracker import Account, Registered
from tests.world import Clock

DOOR = "https://worklift.example/hooks/jira"
GATEWAY, SITE = "https://api.example/ex/jira/one", "https://jira.example"
NAMES = ["id", "self", "url", "values", "expirationDate", "webhookRegistrationResult",
         "createdWebhookId", "errors"]  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(f"{DOOR}/x")
    | st.just("2019-06-01T12:42:30.000+0000"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=12,
)  # fmt: skip
STATUSES = st.sampled_from([200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 429, 500])


class Odd:
    """A client whose Jira answers anything."""

    def __init__(self, url: str, answers: list[tuple[int, Any]]) -> None:
        self.url, self.answers, self.calls = url, answers, 0

    def call(self, method: str, path: str, **_: Any) -> Answer:
        status, value = self.answers[self.calls % len(self.answers)]
        self.calls += 1
        headers = {"Content-Type": "application/json"}
        answer = Answer("Jira", status, headers, json.dumps(value).encode())
        judge(answer, Clock()())
        return answer


@settings(max_examples=60)
@given(
    url=st.sampled_from([GATEWAY, SITE]),
    cloud=st.booleans(),
    answers=st.lists(st.tuples(STATUSES, VALUES), min_size=1, max_size=4),
)
def test_any_answers_end_in_webhooks_or_a_sentence(
    *, url: str, cloud: bool, answers: list[tuple[int, Any]]
) -> None:
    account = Account(name="jira", url=url, token="t")
    registrar = JiraRegistrar(Odd(url, answers), account, lambda: cloud)  # type: ignore[arg-type]
    held = Registered(ids=("dynamic/1", "admin/2", "newer/3", "odd"))
    for made in (
        lambda: registrar.register(DOOR, "secret", ["PLAT"]),
        lambda: registrar.renew(held),
        lambda: registrar.remove(held),
    ):
        assert isinstance(outcome(made), Registered | TrackerError | None)


def outcome(made: Any) -> Any:
    try:
        return made()
    except TrackerError as error:
        return error


@pytest.mark.parametrize("told", [1561984950000, "2019-07-01T12:42:30.000+0000"])
def test_the_end_is_read_as_milliseconds_and_as_text(told: object) -> None:
    listed = {"values": [{"id": 5}]}
    odd = Odd(GATEWAY, [(200, listed), (200, {"expirationDate": told})])
    registrar = JiraRegistrar(odd, Account(name="j", url=GATEWAY, token="t"), lambda: True)  # type: ignore[arg-type]
    renewed = registrar.renew(Registered(ids=("dynamic/5",), places=("PLAT",)))
    assert renewed.expires_at is not None
    assert renewed.expires_at.isoformat() == "2019-07-01T12:42:30+00:00"
    assert renewed.places == ("PLAT",)


@pytest.mark.parametrize(
    ("status", "body", "listed", "gone"),
    [
        (404, b'{"messages": []}', [{"id": 2}], True),
        (404, b"", [], True),
        (404, b"<html>", [{"id": 2}], False),
        (302, b"", [], False),
    ],
)
def test_a_webhook_is_gone_when_jira_says_so_or_lists_it_no_more(
    status: int, body: bytes, listed: list[Any], *, gone: bool
) -> None:
    class Before:
        """A Jira with something before it that answers deletions."""

        url = SITE

        def call(self, method: str, _: str, **__: Any) -> Answer:
            if method == "GET":
                return Answer("Jira", 200, JSON, json.dumps(listed).encode())
            answer = Answer("Jira", status, JSON, body)
            judge(answer, Clock()())
            return answer

    registrar = JiraRegistrar(Before(), Account(name="j", url=SITE, token="t"), lambda: True)  # type: ignore[arg-type]
    found = outcome(lambda: registrar.remove(Registered(ids=("admin/2",))))
    assert found is None if gone else isinstance(found, Unavailable)


JSON = {"Content-Type": "application/json"}
