"""A browser at the planning pages: forms sent as they were shown, with what was changed."""

import html
import re
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.world import World

_INPUT = re.compile(r'<input\b[^>]*\bname="([^"]+)"[^>]*>')
_VALUE = re.compile(r'\bvalue="([^"]*)"')
_AREA = re.compile(r'<textarea\b[^>]*\bname="([^"]+)"[^>]*>([^<]*)</textarea>')
_SELECT = re.compile(r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
_CHOSEN = re.compile(r'<option value="([^"]*)"[^>]*\bselected')
_OPTION = re.compile(r'<option value="([^"]*)"')


@dataclass
class Planner:
    """Somebody signed in, and the forms they were shown."""

    world: World
    client: FlaskClient

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.text

    def form(self, path: str) -> dict[str, Any]:
        """What the page's own form would send as it is."""
        return sent(self.get(path))

    def save(self, path: str, **changed: Any) -> TestResponse:
        """Open a page, change some fields, and save."""
        return self.client.post(path, data={**self.form(path), **changed})

    def saved(self, path: str, **changed: Any) -> str:
        """The same where it works; the page it leads to."""
        answer = self.save(path, **changed)
        assert answer.status_code == 303, told(answer)
        return self.get(answer.headers["Location"].partition("#")[0])

    def wrong(self, path: str, **changed: Any) -> list[str]:
        """The problems that are told instead, each with its field."""
        answer = self.save(path, **changed)
        assert answer.status_code == 400, answer.status_code
        return told(answer)

    def do(self, path: str, **given: Any) -> str:
        """Press a button; the page it leads to."""
        answer = self.client.post(path, data=given)
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"].partition("#")[0])


def sent(page: str) -> dict[str, Any]:
    """The fields of the form that fills a page, as a browser sends them."""
    whole = next(each for each in page.split("<form")[1:] if "novalidate" in each[:80])
    text = whole.partition("</form>")[0]
    found: dict[str, Any] = {}
    for match in _INPUT.finditer(text):
        tag, value = match[0], _VALUE.search(match[0])
        shown = html.unescape(value[1]) if value else ""
        if 'type="checkbox"' not in tag:
            found[match[1]] = shown
        elif "checked" in tag:
            found.setdefault(match[1], []).append(shown)
    found |= {name: html.unescape(text) for name, text in _AREA.findall(text)}
    for name, inner in _SELECT.findall(text):
        chosen = _CHOSEN.search(inner) or _OPTION.search(inner)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    return found


def told(answer: TestResponse) -> list[str]:
    """The problems at the top of a page."""
    top = answer.text.partition('id="wrong"')[2].partition("</ul>")[0]
    plain = [re.sub(r"<[^>]+>", "", each).strip() for each in top.split("<li>")[1:]]
    return [html.unescape(each) for each in plain]


def notices(page: str) -> list[str]:
    """What is told of something just done, and what was wrong with it."""
    lines = re.findall(r'<p class="(?:good|alert)-line" role="\w+">(.*?)</p>', page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]+>", "", each)).strip() for each in lines]
