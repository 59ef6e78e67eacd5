"""``worklift connect … --app``: with an application that is there, or one the tracker makes."""

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from connector.errors import Refused
from integrations.tracker import Spec
from web.commands.console import ASKS, OK

Run = Callable[[str, dict[str, Any]], int]
"""A command and what it is given → its exit code, where it is not the last one."""
CLIENT = ("client_id", "client_secret", "auth_server")
_LONGEST = 64 * 1024


def options(spec: Spec) -> list[click.Parameter]:
    """The options of connecting by an application."""
    return [
        click.Option(
            ["--app"],
            is_flag=True,
            help=f"Connect with a {spec.label} App: --client-id and a private key of one that is"
            " there, or neither to have one made step by step.",
        ),
        click.Option(["--private-key-file"], help="The .pem file of the app's private key."),
        click.Option(["--private-key-env"], help="Name of the variable that holds the key."),
        click.Option(["--redirect"], help="Where to come back to; this Worklift by default."),
        click.Option(["--allow-writing"], is_flag=True, help="Ask for the right to write back."),
    ]


def connect(run: Run, spec: Spec, typed: Mapping[str, Any]) -> int:
    """Connect; returns the exit code."""
    if typed["token_env"]:
        raise Refused("--token-env belongs to a token: leave it out with --app")
    key = _key(typed)
    if bool(key) != bool(typed["client_id"]) and not (typed["client_id"] and not key):
        raise Refused("--client-id: give the app's id too, or leave the key out to have one made")
    given = _given(spec, typed, key)
    return run("connect app", given) if typed["client_id"] else _made(run, given)


def _made(run: Run, given: dict[str, Any]) -> int:
    """Have it made and installed: each time the address people came back to is pasted."""
    code = run("connect app new", given)
    if code != OK:
        return code
    created = click.prompt("The address you came back to", err=True)
    code = run("connect app made", {"address": created, "name": given["name"]})
    if code != OK:
        return code
    installed = {"address": click.prompt("The address you came back to", err=True), "site": None}
    code = run("connect sign-in back", installed)
    while code == ASKS:
        site = click.prompt("Which of them", err=True)
        code = run("connect sign-in site", {**installed, "site": site})
    return code


def _given(spec: Spec, typed: Mapping[str, Any], key: str) -> dict[str, Any]:
    settings = (each for each in spec.settings if not each.secret and each.way in {"", "consent"})
    names = [each.name for each in settings if each.name not in CLIENT]
    return {
        "tracker": spec.key,
        "name": typed["name"],
        "options": {name: typed[name] for name in names if typed.get(name) is not None},
        "client": {
            "id": (typed["client_id"] or "").strip(),
            "secret": key,
            "server": (typed["auth_server"] or typed["url"] or "").strip(),
            "redirect": typed["redirect"] or "",
            "allow_private": bool(typed["allow_private"]),
            "extras": ["registering", *(["writeback"] if typed["allow_writing"] else [])],
        },
    }


def _key(typed: Mapping[str, Any]) -> str:
    """The private key, from a file or a variable; empty where neither is named."""
    file, variable = typed["private_key_file"], typed["private_key_env"]
    if file and variable:
        raise Refused("--private-key-file and --private-key-env: give one of them")
    if variable and not os.environ.get(variable, "").strip():
        raise Refused(f"--private-key-env: the variable {variable} is not set")
    if variable:
        return os.environ[variable].replace("\\n", "\n").strip()
    return _read(Path(file).expanduser()) if file else ""


def _read(path: Path) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode) or path.stat().st_size > _LONGEST:
            raise Refused(f"--private-key-file: {path} is no .pem file")
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError) as error:
        raise Refused(f"--private-key-file: {path} cannot be read as a .pem file") from error
