"""What a look at a repository tells of names: in few calls, bounded, whatever comments hold."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.errors import AccessDenied, Renamed, Unavailable
from integrations import catalogue
from integrations.simulators import start_github
from integrations.tracker import Account, Look, Need, Page, Session

HERE = "acme/api"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Heard:
    """A repository that may name key results, looked at again and again."""

    def __init__(self, running: Any) -> None:
        self.site, self.faults, self.cursor = running.site, running.faults, None
        self.session: Session = catalogue.get("github").open(
            Account(name="github", url=running.url, token="github-token", allow_private=True)
        )
        self.scopes: frozenset[tuple[str, str]] = frozenset()

    def turn(self, **by: float) -> None:
        moment = self.site.now + timedelta(**by)
        self.site.now = moment

    def say(self, text: str, number: int = 1, login: str = "mona") -> int:
        self.turn(seconds=1)
        ident: int = self.site.comment(HERE, number, text, login=login)
        return ident

    def look(self, **more: Any) -> Look:
        need = Need(scopes=self.scopes, conventions=frozenset({HERE}), **more)
        *pages, look = self.session.read(HERE, need, self.cursor)
        assert isinstance(look, Look)
        self.pages = [each for each in pages if isinstance(each, Page)]
        self.cursor = look.cursor
        return look

    def said(self) -> list[tuple[str, str, str, str]]:
        names = self.look().names
        assert names is not None
        return [(each.verb, each.value, each.key, each.refused) for each in names.commands]

    def standing(self, **more: Any) -> dict[str, set[tuple[str, str]]]:
        names = self.look(**more).names
        assert names is not None
        return {
            kind: {(each.value, key) for each in found for key in each.keys}
            for kind, found in names.standing.items()
        }


@pytest.fixture
def heard() -> Iterator[Heard]:
    with start_github() as running:
        site = running.site
        site.now = NOW
        site.add_repo(HERE)
        site.repo(HERE).roles |= {"mona": "write", "reader": "read"}
        site.add_issue(HERE, "Move the queue")
        site.add_milestone(HERE, "v1")
        made = Heard(running)
        yield made
        made.session.close()


def test_every_part_of_the_place_is_told_at_each_look(heard: Heard) -> None:
    heard.site.edit_milestone(HERE, 1, description="Key-Result: KR-1, KR-2")
    heard.site.edit(HERE, 1, labels=["okr:KR-3", "bug"])
    told = {
        "milestone": {("acme/api/1", "KR-1"), ("acme/api/1", "KR-2")},
        "label": {("acme/api/okr:KR-3", "KR-3")},
    }
    assert heard.standing() == told
    assert heard.standing() == told
    heard.site.edit_milestone(HERE, 1, description="")
    heard.turn(minutes=1)
    assert heard.standing() == told
    assert heard.standing(lists=True) == {**told, "milestone": set()}
    heard.site.delete_label(HERE, "okr:KR-3")
    heard.turn(minutes=20)
    assert heard.standing() == {"milestone": set(), "label": set()}


def test_lists_that_the_token_may_not_read_are_not_told_as_empty(heard: Heard) -> None:
    heard.site.repo(HERE).about["has_issues"] = True
    token = heard.site.tokens.fine("acme", {"metadata": "read", "issues": "read"}, repos=[HERE])
    assert token
    heard.site.edit(HERE, 1, labels=["okr:KR-3"])
    assert heard.standing()["label"] == {("acme/api/okr:KR-3", "KR-3")}


def test_a_command_is_told_once_with_who_may_say_it(heard: Heard) -> None:
    heard.look()
    heard.say("/okr link KR-1")
    heard.say("/okr unlink KR-1", login="reader")
    told = heard.said()
    assert told[0] == ("link", "acme/api/1", "KR-1", "")
    assert told[1][3] == (
        "acme/api#1: reader asks to unlink KR-1, but reader may not write in acme/api."
    )
    assert heard.said() == []
    heard.say("Nothing to see.")
    before = len(heard.site.calls)
    assert heard.said() == []
    assert len(heard.site.calls) - before == 1


def test_an_edit_is_told_again_and_a_deletion_is_not(heard: Heard) -> None:
    heard.look()
    ident = heard.say("/okr link KR-1")
    assert len(heard.said()) == 1
    heard.turn(minutes=3)
    heard.site.edit_comment(ident, "/okr link KR-2")
    assert heard.said() == [("link", "acme/api/1", "KR-2", "")]
    heard.site.delete_comment(ident)
    assert heard.said() == []


def test_bots_and_pull_requests_give_no_links(heard: Heard) -> None:
    heard.look()
    heard.site.add_issue(HERE, "Fix", pull_request=True)
    heard.say("/okr link KR-1", number=2)
    ident = heard.say("/okr link KR-1")
    heard.site.comments[ident].user["type"] = "Bot"
    ((verb, value, key, refused),) = heard.said()
    assert (verb, value, key) == ("link", "acme/api/2", "KR-1")
    assert refused.endswith("but it is a pull request; say it at an issue.")


def test_the_first_look_hears_what_was_said_lately_and_answers_nothing_old(heard: Heard) -> None:
    heard.say("/okr link KR-0")
    heard.turn(days=8)
    heard.say("/okr link KR-1\n/okr why")
    heard.turn(hours=2)
    heard.say("/okr why")
    told = [(verb, key) for verb, _, key, _ in heard.said()]
    assert told == [("link", "KR-1"), ("why", "")]
    assert heard.said() == []


def test_many_comments_are_heard_page_by_page_and_each_once(heard: Heard) -> None:
    heard.look()
    for number in range(230):
        heard.say(f"/okr link KR-{number}" if number % 50 == 0 else "talk")
    told = [key for _, _, key, _ in heard.said()]
    assert told == [f"KR-{number}" for number in range(0, 230, 50)]
    assert heard.said() == []
    heard.say("/okr link KR-999")
    assert [key for _, _, key, _ in heard.said()] == ["KR-999"]


def test_a_comment_changed_while_pages_are_read_shifts_no_other_past_us(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard.look()
    first = heard.say("talk")
    for number in range(220):
        heard.say("/okr link KR-1" if number == 99 else "talk")
    asked = heard.session._client.get  # type: ignore[attr-defined]

    def get(path: str, *rest: Any, **more: Any) -> Any:
        answer = asked(path, *rest, **more)
        if "/issues/comments" in path:
            heard.turn(seconds=1)
            heard.site.edit_comment(first, f"talk at {heard.site.now}")
        return answer

    monkeypatch.setattr(heard.session._client, "get", get)  # type: ignore[attr-defined]
    assert [verb for verb, *_ in heard.said()] == ["link"]


def test_rights_are_asked_for_once_a_person_and_not_of_too_many(heard: Heard) -> None:
    heard.look()
    for number in range(40):
        heard.say("/okr link KR-1", login=f"stranger-{number}")
        heard.say("/okr link KR-2", login=f"stranger-{number}")
    before = len(heard.site.calls)
    told = heard.said()
    assert all(refused for *_, refused in told)
    assert len(heard.site.calls) - before <= 34


def test_comments_of_ours_give_no_commands(heard: Heard) -> None:
    heard.look()
    heard.say("<!-- worklift-0a-reply-5 -->\nIt counts there by v1\n/okr link KR-9")
    assert heard.said() == []


def test_rights_that_cannot_be_told_keep_nothing_but_the_commands(heard: Heard) -> None:
    heard.scopes = frozenset({("milestone", "acme/api/1")})
    heard.site.edit(HERE, 1, milestone=1)
    heard.look()
    heard.say("/okr link KR-1")
    heard.faults.add("error", status=500, path="/permission")
    heard.site.edit(HERE, 1, title="Move it now")
    heard.turn(minutes=1)
    ((*_, waits),) = heard.said()
    assert "mona asks to link KR-1, but it waits until GitHub tells who may write" in waits
    assert [item.title for page in heard.pages for item in page.items] == ["Move it now"]
    heard.faults.clear()
    assert heard.said() == [("link", "acme/api/1", "KR-1", "")]
    assert heard.said() == []


def test_a_place_without_links_that_does_not_answer_is_told_as_such(heard: Heard) -> None:
    heard.look()
    heard.faults.add("error", status=500)
    with pytest.raises(Unavailable):
        heard.look()


def test_who_github_knows_no_rights_of_may_not_write(heard: Heard) -> None:
    heard.look()
    heard.say("/okr link KR-1")
    heard.faults.add("error", status=422, path="/permission")
    ((*_, refused),) = heard.said()
    assert refused.endswith("but mona may not write in acme/api.")


def test_a_command_outlives_a_passing_refusal(heard: Heard) -> None:
    heard.look()
    heard.say("/okr link KR-0")
    assert len(heard.said()) == 1
    heard.say("/okr link KR-1")
    heard.faults.add("error", status=403, path="/permission")
    for _ in range(2):
        ((*_, refused),) = heard.said()
        assert "GitHub does not tell this token who may write" in refused
    heard.faults.clear()
    assert heard.said() == [("link", "acme/api/1", "KR-1", "")]
    assert heard.said() == []


def test_a_refusal_that_stays_is_told_and_not_asked_for_ever(heard: Heard) -> None:
    heard.look()
    heard.say("/okr link KR-1")
    heard.faults.add("error", status=403, path="/permission")
    assert len(heard.said()) == 1
    heard.turn(hours=2)
    assert len(heard.said()) == 1
    assert heard.said() == []


def test_a_token_that_ended_is_told_as_such_and_the_command_waits(heard: Heard) -> None:
    heard.look()
    heard.say("/okr link KR-1")
    heard.faults.add("unauthorized", path="/permission")
    with pytest.raises(AccessDenied):
        heard.look()
    heard.faults.clear()
    assert heard.said() == [("link", "acme/api/1", "KR-1", "")]


def test_an_issue_is_read_where_somebody_asks_why_and_nothing_else_is(heard: Heard) -> None:
    heard.look()
    assert heard.pages == []
    heard.say("/okr why")
    assert heard.said() == [("why", "acme/api/1", "", "")]
    assert [item.key for page in heard.pages for item in page.items] == ["acme/api#1"]
    heard.scopes = frozenset({("milestone", "acme/api/1")})
    heard.cursor = None
    assert heard.standing() == {"milestone": set(), "label": set()}


def test_reading_everything_anew_forgets_nothing_that_was_heard(heard: Heard) -> None:
    heard.look()
    heard.say("/okr link KR-1")
    look = heard.look()
    heard.cursor = None
    again = heard.look(before=look.cursor)
    assert again.names is not None
    assert again.names.commands == ()


def test_a_renamed_repository_is_told_as_such(heard: Heard) -> None:
    heard.look()
    heard.site.rename_repo(HERE, "gateway")
    heard.turn(minutes=20)
    with pytest.raises(Renamed) as raised:
        heard.look()
    assert (raised.value.was, raised.value.now) == (HERE, "acme/gateway")


def test_without_the_setting_no_comment_is_asked_for(heard: Heard) -> None:
    before = len(heard.site.calls)
    need = Need(scopes=frozenset({("milestone", "acme/api/1")}))
    *_, look = heard.session.read(HERE, need, None)
    assert isinstance(look, Look)
    assert look.names is None
    assert "comments" not in str(heard.site.calls[before:])


def test_a_repository_that_may_name_key_results_is_tested_with_the_connection(
    heard: Heard,
) -> None:
    heard.site.add_repo("acme/hidden", private=True)
    token = heard.site.tokens.fine("acme", {"issues": "read"}, repos=[HERE])
    account = Account(
        name="github", url=heard.site.url, token=token, allow_private=True,
        options={"conventions": "acme/api, acme/hidden"},
    )  # fmt: skip
    session = catalogue.get("github").open(account)
    assert any("acme/hidden" in each for each in session.check().warnings)
    session.close()
