"""``worklift accounts``, as it is typed."""

from typing import Any

import click

from web.commands.options import AS_JSON, perform


@click.group(invoke_without_command=True)
@AS_JSON
@click.pass_context
def accounts(context: click.Context, *, as_json: bool) -> None:
    """List tracker accounts, whose they are, and whose they may be."""
    if context.invoked_subcommand is None:
        perform("accounts", as_json=as_json)


@accounts.command()
@click.argument("person")
@click.argument("tracker")
@click.argument("account", metavar="ID")
@AS_JSON
def link(**typed: Any) -> None:
    """Say that the account ID of a tracker is PERSON's."""
    perform("accounts link", **typed)


@accounts.command()
@click.argument("person")
@click.argument("tracker")
@AS_JSON
def unlink(**typed: Any) -> None:
    """Take PERSON's account of a tracker away."""
    perform("accounts unlink", **typed)
