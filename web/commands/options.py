"""What commands share as they are typed: options, files, who is typing, and where they are run."""

import getpass
import os
from pathlib import Path
from typing import Any

import click

from connector.errors import Refused
from web.commands import given


def perform(command: str, **arguments: Any) -> None:
    """Run a command on the store; the command line says how, as its context's object."""
    click.get_current_context().obj(command, arguments)


def typing_user() -> str:
    """Who is typing: the account's name, or its number where it has none (as in containers)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def read_text(path: Path) -> str:
    """The text of a file; raises ``Refused`` when it cannot be read."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise Refused(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise Refused(f"{path}: cannot be read ({reason}); name a text file") from None


def _author(_context: click.Context, _option: click.Parameter, value: str) -> str:
    return given.name_of("--author", value)


AS_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Write only JSON to standard output."
)
CYCLE = click.option("--cycle", help="Key of the cycle; the one today lies in by default.")
AT = click.option("--at", help="A past instant with its zone, such as 2026-11-03T14:00:00Z.")
AUTHOR = click.option(
    "--author", default=typing_user, callback=_author, help="Who says so; your account's name."
)
REASON = click.option("--reason", default="", help="Why, for the history.")
REAPPLY = click.option(
    "--reapply", is_flag=True, help="Tell the open cycles' past anew by what changed, marked so."
)
FILE = click.Path(path_type=Path)
NEGATIVE = {"ignore_unknown_options": True}
"""Of a command whose argument is a number: so that -5 is one, and no option."""
