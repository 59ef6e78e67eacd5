"""Connecting with a GitHub App on the command line: one that is there, or made step by step."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from click.testing import CliRunner, Result

from tests.cli.conftest import Typed
from tests.web.test_github_app import installed, pressed
from web import cli


@pytest.fixture
def app(typed: Typed, tmp_path: Path) -> Any:
    """An app installed for acme, its key in a file."""
    made = typed.github.site.add_app()
    typed.github.site.install_app(made, "acme")
    (tmp_path / "key.pem").write_text(made.pem, encoding="ascii")
    return made


def command(typed: Typed, *more: str) -> list[str]:
    return ["connect", "github", "gh", "--app", "--auth-server", typed.github.url,
            "--allow-private", *more]  # fmt: skip


def run(typed: Typed, *more: str, answer: Callable[[Any], str], code: int = 0) -> Result:
    """Type the command, and answer its questions by what was printed so far."""
    printed: list[str] = []
    out = cli.Terminal.out

    def noted(self: Any, words: str) -> None:
        printed.append(words)
        out(self, words)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli.Terminal, "out", noted)
        patch.setattr("click.prompt", lambda *_, **__: answer(printed[-1]))
        done = CliRunner().invoke(cli.main, command(typed, *more), env=typed.environ)
    assert done.exit_code == code, (done.stdout, done.stderr, done.exception)
    return done


class _Page:
    """A page as the tests of the pages read it."""

    def __init__(self, text: str) -> None:
        self.text = text


def as_person(printed: str) -> str:
    """A person who opens what was printed, does what it says, and copies where they came to."""
    if not printed.startswith("file:"):
        return f"http://localhost:8000{installed(printed).removeprefix('http://localhost:8000')}"
    path = Path(unquote(urlsplit(printed).path))
    assert path.stat().st_mode & 0o077 == 0
    return pressed(_Page(path.read_text(encoding="utf-8")))


def test_an_app_that_is_there_is_connected_by_its_key(
    typed: Typed, app: Any, tmp_path: Path
) -> None:
    key = ("--client-id", str(app.id), "--private-key-file", str(tmp_path / "key.pem"))
    said = typed(*command(typed, *key, "--owner", "acme"))
    assert "gh: connected as Worklift for acme" in said.stdout
    assert "deployment: github.com" in said.stdout
    assert "sees 1 repository: acme/api." in said.stdout
    assert app.pem.split("\n")[1] not in said.stdout + said.stderr
    by_variable = ("--client-id", str(app.id), "--private-key-env", "APP_KEY")
    typed(*command(typed, *by_variable), APP_KEY=app.pem.replace("\n", "\\n"))
    # Without an address its server stays: nothing is asked of github.com.
    again = ("connect", "github", "gh", "--app", "--allow-private", *key, "--owner", "acme")
    assert "gh: connected as Worklift for acme" in typed(*again).stdout
    assert "broken" not in typed("connections").stdout


def test_an_app_is_made_step_by_step(typed: Typed) -> None:
    said = run(typed, "--owner", "acme", answer=as_person)
    assert "gh: connected as Worklift gh for acme" in said.stdout
    (app,) = typed.github.site.apps.known.values()
    for secret in (app.pem.split("\n")[1], app.webhook_secret):
        assert secret not in said.stdout + said.stderr
    assert not list(typed.home.glob("create-app-*"))


def test_an_installation_that_waits_for_an_owner_is_told(typed: Typed) -> None:
    def waiting(printed: str) -> str:
        return as_person(printed) if printed.startswith("file:") else installed(
            printed, act="request"
        )  # fmt: skip

    said = run(typed, "--owner", "acme", answer=waiting, code=2)
    assert "once an owner of the organization agreed" in said.stderr


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--client-id", "1"), "needs both its App ID and its private key"),
        (("--private-key-env", "NOT_SET", "--client-id", "1"), "NOT_SET is not set"),
        (("--private-key-file", "/nowhere.pem", "--client-id", "1"), "cannot be read"),
        (("--private-key-file", "a", "--private-key-env", "b"), "give one of them"),
        (("--token-env", "GITHUB_TOKEN"), "--token-env belongs to a token"),
        (("--private-key-env", "GITHUB_TOKEN"), "--client-id: give the app's id too"),
        (("--client-id", "1", "--private-key-env", "GITHUB_TOKEN"), "no key in PEM form"),
    ],
)
def test_what_cannot_be_is_refused(typed: Typed, more: tuple[str, ...], said: str) -> None:
    assert said in typed.refused(*command(typed, *more))


def test_a_token_needs_no_address_but_a_way(typed: Typed) -> None:
    assert "sign in with --app" in typed.refused("connect", "github", "gh")
    apart = ("connect", "github", "gh", "--token-env", "GITHUB_TOKEN", "--owner", "acme")
    assert "--owner belongs to signing in: give --app too" in typed.refused(*apart)
