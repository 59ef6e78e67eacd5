"""A simulated GitHub: apps made from manifests, installed, suspended; their tokens."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.simulators.github import jwts

BACK = "http://127.0.0.1:9/back"
MANIFEST = {
    "name": "Worklift", "url": "https://okr.example.com", "redirect_url": BACK,
    "setup_url": "http://127.0.0.1:9/setup", "hook_attributes": {"url": "http://127.0.0.1:9/hook"},
    "default_permissions": {"issues": "write", "metadata": "read"},
    "default_events": ["issues"], "public": False,
}  # fmt: skip


@pytest.fixture
def work(github):
    site = github.site
    site.add_repo("acme/secret", private=True)
    site.add_repo("other/thing", private=True)
    site.add_issue("acme/secret", "Bug")
    return site


@pytest.fixture
def ask(rest):
    def asked(token, path, method="GET", body=None):
        rest.session.headers["Authorization"] = f"Bearer {token}"
        return rest.send(method, path, body)

    return asked


def _jwt(site, app, **claims):
    return jwts.signed(app, site.now.timestamp(), **claims)


def _token(site, ask, where, body=None):
    path = f"/app/installations/{where.id}/access_tokens"
    return ask(_jwt(site, site.apps.known[where.app]), path, "POST", body)


def _form(rest, path, **fields):
    headers = {"Origin": "http://okr.example.com", "Authorization": ""}
    return rest.session.post(rest.base + path, data=fields, headers=headers, timeout=10,
                             allow_redirects=False)  # fmt: skip


def _asked(answer):
    assert answer.status_code == 302
    return {
        name: one for name, (one,) in parse_qs(urlsplit(answer.headers["Location"]).query).items()
    }


def test_a_manifest_becomes_an_installed_app_in_two_clicks(work, rest, ask):
    page = _form(rest, "/organizations/acme/settings/apps/new?state=abc",
                 manifest=json.dumps(MANIFEST))  # fmt: skip
    assert page.status_code == 200
    assert "issues: write" in page.text
    rest.session.headers["Origin"] = rest.base
    made = rest.session.post(
        f"{rest.base}/organizations/acme/settings/apps/create", timeout=10, allow_redirects=False,
        data={"manifest": json.dumps(MANIFEST), "state": "abc", "name": "Worklift"},
    )  # fmt: skip
    assert made.headers["Location"].startswith(BACK)
    asked = _asked(made)
    assert asked["state"] == "abc"
    path = f"/app-manifests/{asked['code']}/conversions"
    app = rest.send("POST", path).json()
    assert app["pem"].startswith("-----BEGIN RSA PRIVATE KEY-----")
    assert app["webhook_secret"]
    assert (app["slug"], app["permissions"]["issues"]) == ("worklift", "write")
    assert rest.send("POST", path).status_code == 404
    chosen = {"account": "acme", "selection": "selected", "repo": "acme/secret", "act": "install"}
    where = _asked(rest.session.post(f"{rest.base}/apps/worklift/installations/new", data=chosen,
                                     timeout=10, allow_redirects=False))  # fmt: skip
    assert where["setup_action"] == "install"
    known = work.apps.known[app["id"]]
    (listed,) = ask(_jwt(work, known), "/app/installations").json()
    assert listed["id"] == int(where["installation_id"])
    assert listed["repository_selection"] == "selected"
    config = ask(_jwt(work, known), "/app/hook/config").json()
    assert (config["url"], config["secret"]) == ("http://127.0.0.1:9/hook", "********")


def test_who_may_not_install_an_app_asks_for_it(work, rest):
    work.add_app().setup_url = f"{BACK}?from=github"
    asked = {"account": "acme", "act": "request", "state": "abc"}
    answer = rest.session.post(f"{rest.base}/apps/worklift/installations/new", data=asked,
                               timeout=10, allow_redirects=False)  # fmt: skip
    assert _asked(answer) == {"from": "github", "setup_action": "request", "state": "abc"}
    asked["account"] = "nobody"
    path = f"{rest.base}/apps/worklift/installations/new"
    assert rest.session.post(path, data=asked, timeout=10).status_code == 400


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"url": "https://a.example.com"}'])
def test_a_manifest_that_lacks_something_is_refused(work, rest, manifest):
    assert _form(rest, "/settings/apps/new", manifest=manifest).status_code == 400


@pytest.mark.parametrize(
    ("claims", "said"),
    [({"exp": 0}, "'exp'"), ({"iat": 99_999_999_999}, "'iat'"), ({"exp": 99_999_999_999}, "'exp'"),
     ({"iss": "7"}, "not found"), ({"exp": "soon"}, "'exp'")],
)  # fmt: skip
def test_a_jwt_that_is_wrong_is_refused_with_the_reason(work, ask, claims, said):
    app = work.add_app()
    assert ask(_jwt(work, app), "/app").json()["id"] == app.id
    refused = ask(_jwt(work, app, **claims), "/app")
    assert refused.status_code in (401, 404)
    assert said in refused.json()["message"]


def test_a_jwt_signed_by_another_key_opens_nothing(work, ask):
    app, other = work.add_app(), work.add_app("Other")
    assert ask(_jwt(work, other, iss=str(app.id)), "/app").status_code == 401
    assert ask("a.b.c", "/app").status_code == 401
    assert ask(work.token, "/app").status_code == 401
    assert ask(_jwt(work, app), "/user").status_code == 403


def test_an_installation_token_is_bounded(work, ask):
    app = work.add_app(permissions={"issues": "read"})
    where = work.install_app(app, "acme", ["acme/secret"])
    made = _token(work, ask, where)
    assert made.status_code == 201
    text = made.json()["token"]
    assert made.json()["permissions"] == {"issues": "read"}
    assert ask(text, "/repos/acme/secret/issues").status_code == 200
    assert ask(text, "/repos/other/thing").status_code == 404
    refused = ask(text, "/repos/acme/secret/pulls/1")
    assert (refused.status_code, refused.json()["message"]) == (
        403, "Resource not accessible by integration",
    )  # fmt: skip
    assert refused.headers["X-Accepted-GitHub-Permissions"] == "pull_requests=read"
    mine = ask(text, "/installation/repositories").json()
    assert [one["full_name"] for one in mine["repositories"]] == ["acme/secret"]
    start = work.now
    work.now = start + timedelta(minutes=61)
    assert ask(text, "/repos/acme/secret/issues").status_code == 401


def test_an_installation_is_found_and_its_tokens_narrowed(work, ask):
    app = work.add_app()
    where = work.install_app(app, "acme")
    for path in ("/repos/acme/secret/installation", "/orgs/acme/installation",
                 f"/app/installations/{where.id}"):  # fmt: skip
        assert ask(_jwt(work, app), path).json()["id"] == where.id
    assert ask(_jwt(work, app), "/orgs/other/installation").status_code == 404
    body = {"repositories": ["api"], "permissions": {"issues": "read"}}
    made = _token(work, ask, where, body).json()
    assert [one["name"] for one in made["repositories"]] == ["api"]
    assert ask(made["token"], "/repos/acme/secret").status_code == 404
    whole = _token(work, ask, where, {"permissions": {}}).json()
    assert whole["permissions"] == where.permissions
    more = _token(work, ask, where, {"permissions": {"contents": "write"}})
    assert more.status_code == 422


def test_a_suspended_or_removed_installation_opens_nothing(work, ask, receiver):
    app = work.add_app(hook_url=receiver.url)
    where = work.install_app(app, "acme")
    text = _token(work, ask, where).json()["token"]
    work.suspend(where)
    refused = ask(text, "/repos/acme/secret")
    assert (refused.status_code, refused.json()["message"]) == (
        403, "This installation has been suspended",
    )  # fmt: skip
    assert _token(work, ask, where).status_code == 403
    work.unsuspend(where)
    assert ask(text, "/repos/acme/secret").status_code == 200
    work.choose_repos(where, ["acme/api"])
    assert ask(text, "/repos/acme/secret").status_code == 404
    work.permit(where, {"issues": "read"})
    work.uninstall(where)
    assert ask(text, "/repos/acme/api").status_code == 401
    got = receiver.wait(6)
    told = [(headers["X-GitHub-Event"], json.loads(body)["action"]) for headers, body in got]
    assert told == [
        ("installation", "created"), ("installation", "suspend"), ("installation", "unsuspend"),
        ("installation_repositories", "removed"), ("installation", "new_permissions_accepted"),
        ("installation", "deleted"),
    ]  # fmt: skip
    assert got[0][0]["X-GitHub-Hook-Installation-Target-Type"] == "integration"


def test_an_app_hears_of_the_repositories_it_is_installed_on(work, receiver):
    app = work.add_app(hook_url=receiver.url, events=["issues"])
    where = work.install_app(app, "acme", ["acme/secret"])
    work.add_issue("acme/api", "Elsewhere")
    work.add_milestone("acme/secret", "Not asked for")
    work.add_issue("acme/secret", "Here")
    _, told = [json.loads(body) for _, body in receiver.wait(2)]
    assert told["issue"]["title"] == "Here"
    assert told["installation"]["id"] == where.id
