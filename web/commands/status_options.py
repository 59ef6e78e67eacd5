"""The command line of ``worklift status``."""

from typing import Any

import click

from web.commands.options import AS_JSON


@click.group("status", invoke_without_command=True)
@AS_JSON
@click.pass_context
def status(context: click.Context, /, **given: Any) -> None:
    """Say how the sync does: what is read, waits, fails, is set aside or differs."""
    if context.invoked_subcommand is None:
        context.obj("status", given)


@status.command("retry")
@click.argument("connection")
@click.argument("item", required=False)
@click.pass_context
def retry(context: click.Context, /, **given: Any) -> None:
    """Try what CONNECTION set aside again: all of it, or one ITEM."""
    context.obj("status retry", given)
