"""``worklift mapping``, as it is typed."""

from pathlib import Path
from typing import Any

import click

from web.commands import given
from web.commands.options import (
    AS_JSON,
    AUTHOR,
    FILE,
    NEGATIVE,
    REAPPLY,
    REASON,
    perform,
    read_text,
)

NEWEST = 1_000_000


@click.group()
def mapping() -> None:
    """The field mapping of a connection: what its statuses, sizes and types mean."""


@mapping.command()
@click.argument("name")
@click.option("--version", help="An earlier version; the newest by default.")
@AS_JSON
def show(name: str, *, version: str | None, as_json: bool) -> None:
    """Write the field mapping of the connection NAME, as a file for 'mapping set'."""
    number = None if version is None else given.whole("--version", version, 1, NEWEST)
    perform("mapping show", name=name, version=number, as_json=as_json)


@mapping.command()
@click.argument("name")
@AS_JSON
def versions(**typed: Any) -> None:
    """List the versions of a field mapping: who, when, what changed, and why."""
    perform("mapping versions", **typed)


@mapping.command()
@click.argument("name")
@AS_JSON
def propose(**typed: Any) -> None:
    """Write a field mapping to begin with, from what the site of the connection NAME has."""
    perform("mapping propose", **typed)


@mapping.command("set")
@click.argument("name")
@click.argument("file", type=FILE)
@REASON
@REAPPLY
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@AUTHOR
@AS_JSON
def save(file: Path, **typed: Any) -> None:
    """Save FILE as the field mapping of the connection NAME; numbers follow at once."""
    perform("mapping set", file=str(file), text=read_text(file), **typed)


@mapping.command(context_settings=NEGATIVE)
@click.argument("name")
@click.argument("version")
@REASON
@REAPPLY
@AUTHOR
@AS_JSON
def restore(version: str, **typed: Any) -> None:
    """Save an earlier version of a field mapping as the newest one."""
    perform("mapping restore", version=given.whole("VERSION", version, 1, NEWEST), **typed)
