"""The simulated sign-in and gateway: what serves once, what ends, and which scope is needed."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from integrations.simulators import start_jira
from integrations.simulators.jira.passes import CLOUD_ID, Pass
from tests.servers import PATIENCE

APP = {"client_id": "client-id", "client_secret": "client-secret"}
BACK = "http://localhost:8000/back"


@pytest.fixture
def there():
    with start_jira() as running:
        running.site.add_project("PLAT", "Platform")
        yield running


def code(there: Any, scope: str = "read:jira-work read:jira-user offline_access") -> str:
    asked = {"client_id": "client-id", "response_type": "code", "redirect_uri": BACK,
             "scope": scope, "state": "s"}  # fmt: skip
    page = requests.get(f"{there.url}/authorize?{urlencode(asked)}", timeout=PATIENCE)
    assert page.status_code == 200
    link = page.text.partition('id="accept" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert link.startswith(BACK)
    found = parse_qs(urlsplit(link).query)
    assert found["state"] == ["s"]
    return found["code"][0]


def token(there: Any, **given: str) -> requests.Response:
    return requests.post(f"{there.url}/oauth/token", data={**APP, **given}, timeout=PATIENCE)


def exchanged(there: Any, **more: str) -> dict[str, Any]:
    answer = token(there, grant_type="authorization_code", code=code(there, **more),
                   redirect_uri=BACK)  # fmt: skip
    assert answer.status_code == 200
    return dict(answer.json())


def ask(there: Any, path: str, bearer: str, method: str = "GET", cloud_id: str = CLOUD_ID) -> int:
    url = f"{there.url}/ex/jira/{cloud_id}/rest/api/2/{path}"
    headers = {"Authorization": f"Bearer {bearer}"}
    return requests.request(method, url, headers=headers, json={}, timeout=PATIENCE).status_code


def test_a_code_serves_once_and_only_for_its_app_and_address(there):
    for wrong in ({"client_secret": "x"}, {"client_id": "x"}):
        answer = requests.post(f"{there.url}/oauth/token", data={**APP, **wrong}, timeout=PATIENCE)
        assert (answer.status_code, answer.json()["error"]) == (401, "access_denied")
    once = code(there)
    elsewhere = {"grant_type": "authorization_code", "redirect_uri": "http://other.example/"}
    assert token(there, code=once, **elsewhere).status_code == 403
    assert token(there, code=once, grant_type="authorization_code", redirect_uri=BACK
                 ).status_code == 403  # fmt: skip
    for path in ("/authorize", "/authorize?client_id=client-id&response_type=code"):
        assert requests.get(f"{there.url}{path}", timeout=PATIENCE).status_code == 400


def test_a_refresh_token_serves_once(there):
    first = exchanged(there)
    renewed = requests.post(f"{there.url}/oauth/token", timeout=PATIENCE, json={
        **APP, "grant_type": "refresh_token", "refresh_token": first["refresh_token"]})  # fmt: skip
    assert renewed.json()["refresh_token"] != first["refresh_token"]
    again = token(there, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (again.status_code, again.json()["error"]) == (403, "unauthorized_client")
    assert "refresh_token" not in exchanged(there, scope="read:jira-work")


def test_an_access_token_opens_the_gateway_until_it_ends(there):
    access = exchanged(there)["access_token"]
    assert ask(there, "myself", access) == 200
    assert ask(there, "myself", access, cloud_id="other") == 404
    assert ask(there, "myself", "guessed") == 401
    site = requests.get(f"{there.url}/rest/api/2/myself", timeout=PATIENCE,
                        headers={"Authorization": f"Bearer {access}"})  # fmt: skip
    assert site.status_code == 401
    headers = {"Authorization": f"Bearer {access}"}
    url = f"{there.url}/oauth/token/accessible-resources"
    (found,) = requests.get(url, headers=headers, timeout=PATIENCE).json()
    assert (found["id"], found["scopes"]) == (CLOUD_ID, ["read:jira-user", "read:jira-work"])
    assert requests.get(url, timeout=PATIENCE).status_code == 401
    now = there.site.now
    there.site.now = now + timedelta(minutes=61)
    assert ask(there, "myself", access) == 401


def test_each_call_needs_its_scope(there):
    there.site.passes.service["narrow"] = Pass(frozenset({"read:jira-work"}))
    assert ask(there, "field", "narrow") == 200
    assert ask(there, "myself", "narrow") == 401
    assert ask(there, "search/jql", "narrow", "POST") in {200, 400}
    assert ask(there, "issue/PLAT-1/comment", "narrow", "POST") == 401
    assert ask(there, "webhook", "narrow") == 401


def test_the_gateway_answers_like_the_site_and_its_calls_are_noted(there):
    access = exchanged(there)["access_token"]
    assert ask(there, "project", access) == 200
    assert f"GET /ex/jira/{CLOUD_ID}/rest/api/2/project" in there.site.calls
    there.faults.add("error", count=1)
    assert ask(there, "project", access) == 500


def test_permissions_are_told_for_what_is_asked(there):
    auth = (there.site.email, there.site.token)
    url = f"{there.url}/rest/api/3/mypermissions"
    found = requests.get(f"{url}?permissions=BROWSE_PROJECTS", auth=auth, timeout=PATIENCE).json()
    assert found["permissions"]["BROWSE_PROJECTS"]["havePermission"]
    assert requests.get(url, auth=auth, timeout=PATIENCE).status_code == 400
    assert requests.get(f"{url}?permissions=NOPE", auth=auth, timeout=PATIENCE).status_code == 400
    pat = f"{there.url}/rest/pat/latest/tokens"
    assert requests.get(pat, auth=auth, timeout=PATIENCE).status_code == 404
