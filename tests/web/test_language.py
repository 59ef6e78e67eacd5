"""Every page in the language of who reads it: complete catalogues, numbers, days, sentences."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog, Message
from flask import Flask
from flask.testing import FlaskClient

from tests.web import bare
from tests.web.world import PASSWORD, World
from web import words
from web.language import LANGUAGES, told, told_plainly
from web.language.catalogues import catalogue
from web.language.collecting import ROOT, collected
from web.language.patterns import CONTEXT, PLACE
from web.language.sentences import of_source
from web.language.telling import knows, meaning

OTHERS = [code for code in LANGUAGES if code != "en"]
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
NO_PAGES = frozenset(
    """cli.py demo.py serve.py simulate.py control.py metrics.py logs.py broken.py channel.py
    security.py door.py hooks.py assets.py""".split()
)
"""What speaks to machines, or where Worklift is started: English."""
TAG = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def marked() -> Catalog:
    return collected()


def _texts(message: Message) -> list[str]:
    held = message.string
    return list(held) if isinstance(held, tuple | list) else [held]


def _originals(message: Message) -> list[str]:
    return list(message.id) if isinstance(message.id, tuple | list) else [message.id]


def _key(message: Message) -> tuple[object, str | None]:
    return message.id, message.context


@pytest.mark.parametrize("language", OTHERS)
def test_catalogues_hold_every_message_and_no_other(marked: Catalog, language: str) -> None:
    there = {_key(each) for each in catalogue(language) if each.id}
    asked = {_key(each) for each in marked if each.id}
    assert asked - there == set(), "run: make messages, and translate what is new"
    assert there - asked == set(), "run: make messages"


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated_with_all_its_values(language: str) -> None:
    for each in catalogue(language):
        if not each.id:
            continue
        assert all(_texts(each)), each.id
        assert not each.fuzzy, each.id
        asked = set(PLACE.findall(_originals(each)[-1]))
        for text in _texts(each):
            held = set(PLACE.findall(text))
            # English verbs and plurals among the values of a sentence have no use elsewhere.
            assert held == asked or (each.context == CONTEXT and held < asked), (each.id, text)
            assert TAG.findall(text) == TAG.findall(_originals(each)[-1]), (each.id, text)
            if asked and each.context != CONTEXT:
                assert text % dict.fromkeys(asked, "1")


def test_templates_say_nothing_in_english_alone() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): bare.of_template(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "web").rglob("*.html"))
    }
    assert {path: said for path, said in found.items() if said} == {}


def test_views_say_nothing_in_english_alone() -> None:
    found = {path.relative_to(ROOT).as_posix(): bare.of_views(path) for path in sorted(_views())}
    assert {path: said for path, said in found.items() if said} == {}


def _views() -> list[Path]:
    found = (ROOT / "web").rglob("*.py")
    apart = {"commands", "language"}
    return [each for each in found if each.name not in NO_PAGES and not apart & {*each.parts}]


def test_the_checks_above_can_fail() -> None:
    found = bare.of_template(
        """<p title="What it is">{{ _("Marked") }} but {{ 'within' if x else 'outside' }}</p>
        <i class="{{ 'one' if x else 'other' }}">{{ plural(3, 'item') }} {{ reason('why not') }}</i>
        {% trans %}This is said.{% endtrans %}<code>worklift up</code>"""
    )
    assert found == [
        "What it is",
        "but within outside",
        "plural() in line 2 knows English only: use ngettext",
        "why not",
    ]


def test_sentences_are_found_in_their_source() -> None:
    source = '''
"""A docstring is no sentence."""
def f(repo, error):
    if repo == "some other words":
        raise Refused(f"{repo.name} has no milestone {error.word!r}" " and never had one")
    names = "first second third".split()
    return f"it {'was never there' if error else 'is there'} now"
'''
    assert of_source(source) == (
        "%(name)s has no milestone %(word)s and never had one",
        "it %(value)s now",
        "was never there",
        "is there",
    )


@pytest.fixture
def app(world: World) -> Flask:
    return world.app()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "1,234.5 | 0.62 | 50 % | −2.7 points | 3 Nov | 3 h ago | 2 Jul, 00:30"),
        ("ko", "1,234.5 | 0.62 | 50% | −2.7%p | 11월 3일 | 3시간 전 | 7월 2일 00:30"),
        ("id", "1.234,5 | 0,62 | 50% | −2,7 poin | 3 Nov | 3 jam yang lalu | 2 Jul 00.30"),
    ],
)
def test_values_are_written_as_the_language_does(app: Flask, language: str, said: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        made = (
            words.number(1234.5),
            words.score(0.62),
            words.percent(0.5),
            words.points(-0.027),
            words.day(datetime(2026, 11, 3, tzinfo=UTC)),
            words.ago(NOW - timedelta(hours=3), NOW),
            words.clock(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), NOW, ZONE),
        )
    assert " | ".join(made).replace(words.THIN, " ") == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ko", "2026년 11월 20일 10시 0분 0초 CET"),
        ("id", "20 November 2026 10.00.00 CET"),
    ],
)
def test_the_exact_time_is_written_in_full(app: Flask, language: str, said: str) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        assert words.exact(NOW, ZONE) == said


def test_outside_a_request_everything_is_english() -> None:
    assert told("no link holds it") == "no link holds it"
    assert str(words.HEALTH["on_track"]) == "on track"
    assert words.number(1234.5) == "1,234.5"


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize(
    "sentence",
    [
        "no link of any key result holds it",
        "unknown: no word from jira:epic:PLAT-42 since 3 Nov",
        "partial: 1 of 3 links unknown (not read yet: the next sync reads it)",
        "GitHub refused the token (HTTP 401): it is wrong, revoked or expired.",
        "Jira could not answer (HTTP 503 Service Unavailable).",
        "acme/api has no milestone v9; there are: v1, v2.",
        "The token is wrong, revoked or expired: make a new one at Profile and connect again.",
        "status Odd is mapped to nothing: counted as to do",
        "the target 5 is not above the start 7; raise it, lower the start, or use another kind",
        "there is no key result KR-9 in cycle 2026-Q4",
        "Nothing was ever told of it. No link of any key result holds it.",
    ],
)
def test_common_sentences_have_a_pattern(language: str, sentence: str) -> None:
    wanted = "Nothing was" not in sentence
    assert knows(language, sentence) is wanted


@pytest.mark.parametrize(
    ("language", "said"), [("ko", "83.5에서 100% 사이"), ("id", "83,5 dan 100%")]
)
def test_shares_in_sentences_are_written_as_the_language_does(language: str, said: str) -> None:
    told_there = meaning(language, "Four times in five it ends between 83.5 and 100 %.")
    assert told_there is not None
    assert said in told_there


def test_what_nobody_knows_stays_english_and_says_so(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "id"}):
        made = told("The <moon> is blue. No link of any key result holds it.")
        shown = str(app.jinja_env.from_string("{{ it }}").render(it=made))
        assert shown.startswith('<span lang="en">The &lt;moon&gt; is blue.</span> ')
        assert "No link" not in shown
        plain = app.jinja_env.from_string('<i title="{{ it|told_plainly }}">').render(it=made)
        assert "span" not in plain
        assert words.sentence(told("the moon is blue")) == "The moon is blue."
        assert told_plainly("the moon is blue") == "the moon is blue"


def test_a_page_follows_the_browser_until_somebody_chooses(filled: World) -> None:
    client = filled.client("viewer")
    asked = {"Accept-Language": "id-ID,id;q=0.9,en;q=0.5"}
    first = client.get("/settings", headers=asked)
    assert first.headers["Content-Language"] == "id"
    assert '<html lang="id">' in first.text
    assert "Accept-Language" in first.headers["Vary"]
    saved = client.post("/settings/language", data={"language": "ko"}, headers=asked)
    assert saved.status_code == 303
    assert '<html lang="ko">' in client.get("/settings", headers=asked).text
    client.post("/settings/language", data={"language": ""}, headers=asked)
    assert '<html lang="id">' in client.get("/settings", headers=asked).text
    assert client.post("/settings/language", data={"language": "tlh"}).status_code == 400


@pytest.mark.parametrize(("asked", "given"), [("ko", "ko"), ("fr", "en"), ("", "en")])
def test_the_sign_in_follows_the_browser(world: World, asked: str, given: str) -> None:
    page = world.client().get("/sign-in", headers={"Accept-Language": asked})
    assert f'<html lang="{given}">' in page.text
    wrong = world.client().post(
        "/sign-in", data={"name": "x", "password": "y"}, headers={"Accept-Language": asked}
    )
    assert ("do not fit together" in wrong.text) is (given == "en")


def test_a_password_is_changed_and_other_sessions_end(world: World) -> None:
    client = world.client("member")
    other = _elsewhere(world, "member")
    assert "1 other session is open" in client.get("/settings").text
    assert _change(client, current="wrong one entirely").status_code == 400
    assert "This is not your password." in _change(client, current="wrong one entirely").text
    assert "must be the same" in _change(client, again="another sentence").text
    assert "at least 12" in _change(client, new="short", again="short").text
    assert _change(client).status_code == 303
    assert "every other session has ended" in client.get("/settings").text
    assert "every other session has ended" not in client.get("/settings").text
    assert other.get("/settings").status_code == 303


def _elsewhere(world: World, name: str) -> FlaskClient:
    client = world.client()
    client.post("/sign-in", data={"name": name, "password": PASSWORD})
    return client


def _change(client: FlaskClient, **given: str) -> object:
    form = {"current": PASSWORD, "new": "a quiet river runs", "again": "a quiet river runs"}
    return client.post("/settings/password", data=form | given)


def test_other_sessions_end_on_request(world: World) -> None:
    client = world.client("viewer")
    other = _elsewhere(world, "viewer")
    assert other.get("/settings").status_code == 200
    assert client.post("/settings/sessions").status_code == 303
    assert other.get("/settings").status_code == 303
    assert "signed in here only" in client.get("/settings").text
