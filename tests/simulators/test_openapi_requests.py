"""What our adapter asks of Jira Cloud, and what it is answered, against Atlassian's document."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, request

from connector.errors import BadScope, TrackerError
from connector.work import Ref
from integrations import catalogue
from integrations.simulators import start_jira
from integrations.simulators.jira.passes import CLOUD_ID, Pass
from integrations.simulators.traffic import Call
from integrations.tracker import Account, Look, Need, Note
from tests.simulators import described

ELSEWHERE = {
    r"/rest/agile/1\.0/board(/\d+/(sprint|configuration))?": "boards, in the agile document",
    r"/rest/agile/1\.0/sprint/\d+": "sprints, in the agile document",
    r"/rest/webhooks/1\.0/webhook(/\d+)?": "admin webhooks, described in prose only",
    r"/_edge/tenant_info": "the site's cloud id, described nowhere",
    r"/oauth/token(/accessible-resources)?": "the sign-in, described in prose only",
}
"""Paths we call that Atlassian's document of the platform does not have, and why."""
EXERCISED = """GET field|GET issuetype|GET myself|GET mypermissions|GET project/search
    |GET project/{projectIdOrKey}|GET project/{projectIdOrKey}/versions
    |GET project/{projectIdOrKey}/components|GET resolution|GET serverInfo|GET status|GET webhook
    |POST search/jql|POST issue/bulkfetch|POST changelog/bulkfetch|POST jql/parse
    |GET issue/{issueIdOrKey}|POST issue/{issueIdOrKey}/remotelink
    |DELETE issue/{issueIdOrKey}/remotelink|GET issue/{issueIdOrKey}/comment
    |POST issue/{issueIdOrKey}/comment|PUT issue/{issueIdOrKey}/comment/{id}
    |DELETE issue/{issueIdOrKey}/comment/{id}|PUT issue/{issueIdOrKey}/properties/{propertyKey}
    |DELETE issue/{issueIdOrKey}/properties/{propertyKey}|POST webhook|PUT webhook/refresh
    |DELETE webhook"""
SCOPES = {
    ("project", "PLAT"), ("epic", "PLAT-1"), ("version", "PLAT/2.0"), ("component", "PLAT/Queue"),
    ("label", "PLAT/okr"), ("sprint", "1"), ("jql", "project = PLAT AND type = Bug"),
    ("jql", "updated >= -1d AND project = PLAT"), ("project", "NOPE"), ("jql", "colour = red"),
}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "remote_link": {"title": "Key result KR-1: 62 %, on track", "summary": "Queue", "url": "https://okr.example.com/kr/1",
                    "icon": "https://okr.example.com/icon.png", "resolved": False},
    "comment": {"text": "Key result KR-1: 62 %\nworklift-kr-1"},
    "property": {"keyResults": [{"key": "KR-1", "percent": 62}]},
}  # fmt: skip


@dataclass
class Answered:
    method: str
    path: str
    status: int
    value: Any


@dataclass
class Run:
    """The calls of our adapter, and the answers to them."""

    running: Any
    answers: list[Answered] = field(default_factory=list)

    @property
    def calls(self) -> list[Call]:
        return self.running.site.calls

    def listen(self, app: Flask) -> None:
        @app.after_request
        def note(response: Any) -> Any:
            value = response.get_json(silent=True)
            heard = Answered(request.method, request.path, response.status_code, value)
            self.answers.append(heard)
            return response


def fill(site) -> None:
    site.add_project("PLAT", "Platform")
    site.add_project("PAY", "Payments")
    site.add_version("PLAT", "2.0")
    site.add_component("PLAT", "Queue")
    site.add_sprint("Sprint 1")
    site.add_issue("PLAT", "Move to the queue", "Epic", description="Key-Result: KR-1")
    for number in range(2, 131):
        site.add_issue(
            "PLAT", f"Story {number}", parent="PLAT-1", points=2, labels=["okr"], sprint=1,
            fix_versions=["2.0"], components=["Queue"], description="A line", assignee="Engineer",
        )  # fmt: skip
    site.add_issue("PLAT", "Part", "Sub-task", parent="PLAT-2")
    for number in range(2, 30):
        site.transition(f"PLAT-{number}", "In Progress")


def whole_reading(session, site) -> None:
    session.check()
    session.survey()
    need = Need(scopes=frozenset(SCOPES), parents=frozenset({"PLAT-2"}))
    for cursor, sweep in ((None, False), (None, True)):
        *_, look = session.read("", need, cursor, sweep=sweep)
    assert isinstance(look, Look)
    site.edit("PLAT-7", summary="Other words")
    site.rename_status("In Progress", "Doing")
    *_, look = session.read("", Need(scopes=need.scopes, lists=True), look.cursor)
    list(session.read("", need, look.cursor, sweep=True))
    refs = [Ref(site.find(f"PLAT-{number}").id, f"PLAT-{number}") for number in range(1, 131)]
    site.delete("PLAT-9")
    site.hide_issue("PLAT-10")
    site.move("PLAT-11", "PAY")
    session.fetch("", refs[:100])
    session.fetch("", [Ref("99999", "GONE-1")])
    list(session.history("", refs))


def whole_finding(session, site) -> None:
    finder = session.finder
    words = ("queue", "PLAT", "PLAT-1", "Sprint", "2.0", "story 3", "project = PLAT", "")
    urls = ("/browse/PLAT-1", "/issues/?jql=project%20%3D%20PLAT", "/projects/PLAT/versions/10000")
    kinds = [each.kind for each in catalogue.get("jira").spec.scope_kinds]
    for text in (*words, *(site.url + url for url in urls)):
        finder.search(text)
    with pytest.raises(BadScope):
        finder.search(site.url + "/browse/GONE-1")
    for kind in kinds:
        finder.search("queue", kind)
        finder.search("PLAT", kind)
    for kind, value in [*SCOPES, ("version", "PLAT/9.9"), ("sprint", "99"), ("epic", "GONE-1")]:
        finder.judge(kind, value)


def whole_writing(session, site, key) -> None:
    ref = Ref(site.find(key).id, key)
    for kind, body in BODIES.items():
        note = Note(kind=kind, marker="worklift-kr-1", body=body)
        made = session.writer.put(ref, note, None)
        session.writer.put(ref, note, made)
        session.writer.put(ref, note, None)
        session.writer.remove(ref, note, made)
        session.writer.remove(ref, note, None)


def whole_registering(session) -> None:
    held = session.registrar.register("https://okr.example.com/hooks/1", "secret", ["PLAT"])
    session.registrar.register("https://okr.example.com/hooks/1", "secret", ["PLAT", "PAY"])
    try:
        held = session.registrar.renew(held)
    except TrackerError:
        held = session.registrar.register("https://okr.example.com/hooks/1", "secret", [])
        session.registrar.renew(held)
    session.registrar.remove(held)


@pytest.fixture(scope="module")
def run():
    described.document()
    with start_jira() as running:
        made = Run(running)
        made.listen(running.server.app.app.app)
        site = running.site
        fill(site)
        rights = {"read:jira-work", "read:jira-user", "write:jira-work", "manage:jira-webhook"}
        site.passes.service["app-token"] = Pass(
            frozenset(rights), datetime.now(UTC) + timedelta(hours=1)
        )
        token = Account(name="main", url=running.url, token="jira-token", allow_private=True,
                        options={"email": "admin@example.com"})  # fmt: skip
        app = Account(name="app", url=f"{running.url}/ex/jira/{CLOUD_ID}", token="app-token",
                      allow_private=True, options={"browse_url": running.url})  # fmt: skip
        for account, key in ((token, "PLAT-1"), (app, "PLAT-2")):
            session = catalogue.get("jira").open(account)
            whole_reading(session, site) if account is token else session.check()
            whole_finding(session, site)
            whole_writing(session, site, key)
            whole_registering(session)
            session.close()
        yield made


def _elsewhere(path: str) -> bool:
    plain = described.documented(path)
    return any(re.fullmatch(known, plain) for known in ELSEWHERE)


def test_every_request_is_one_the_document_knows_and_allows(run):
    asked = [call for call in run.calls if not _elsewhere(call.path)]
    assert len(asked) > 100
    wrong = {problem for call in asked for problem in described.request_problems(call)}
    assert wrong == set()


def test_what_is_called_elsewhere_is_listed_and_called(run):
    paths = {described.documented(call.path) for call in run.calls}
    for known in ELSEWHERE:
        if "oauth" not in known and "tenant" not in known:
            assert any(re.fullmatch(known, path) for path in paths), known
    documented = [path for path in paths if any(re.fullmatch(known, path) for known in ELSEWHERE)]
    for path in documented:
        assert described.template(path, "GET") is None, path


def test_every_answer_fits_the_document(run):
    wrong = set()
    for heard in run.answers:
        path = described.documented(heard.path)
        if heard.status >= 300 or heard.value is None or _elsewhere(path):
            continue
        known = described.template(path, heard.method)
        for problem in described.answer_problems(known, heard.method, heard.value):
            wrong.add(f"{heard.method} {known}: {problem}")
    assert wrong == set()


@pytest.mark.parametrize("name", [part.strip() for part in EXERCISED.split("|")])
def test_the_run_goes_through_every_call_we_make(run, name):
    method, _, path = name.partition(" ")
    seen = {f"{call.method} {described.template(described.documented(call.path), call.method)}"
            for call in run.calls if not _elsewhere(call.path)}  # fmt: skip
    assert f"{method} /rest/api/3/{path}" in seen


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ({"method": "PATCH", "path": "/rest/api/3/myself"}, "no such method"),
        ({"path": "/rest/api/3/nothing"}, "no such method"),
        ({"query": {"colour": ["red"]}}, "there is no parameter colour"),
        ({"path": "/rest/api/3/project/search", "query": {"maxResults": ["many"]}}, "no integer"),
        ({"path": "/rest/api/3/project/search", "query": {"query": ["a", "b"]}}, "more than once"),
        ({"body": b"{}"}, "no body is told of"),
        ({"method": "POST", "path": "/rest/api/3/search/jql", "body": b'{"expand": null}'},
         "body expand"),
        ({"method": "POST", "path": "/rest/api/3/search/jql", "body": b'{"startAt": 1}'},
         "startAt"),
        ({"method": "POST", "path": "/rest/api/3/jql/parse", "body": b"{}",
          "query": {"validation": ["loose"]}}, "none of"),
    ],
)  # fmt: skip
def test_a_request_that_is_wrong_is_found_so(text, told):
    asked = {"method": "GET", "path": "/rest/api/3/myself", "query": {}, "body": b"", **text}
    call = Call(f"{asked['method']} {asked['path']}")
    call.content_type = "application/json"
    for name, value in asked.items():
        setattr(call, name, value)
    assert any(told in problem for problem in described.request_problems(call))
