"""``worklift pause``, ``resume``, ``rename`` and ``seen-by``, as they are typed."""

from typing import Any

import click

from web.commands.options import AS_JSON, AUTHOR, perform


@click.command()
@click.argument("name")
@click.option("--why", required=True, help="The reason, shown wherever its numbers are.")
@AUTHOR
def pause(**given: Any) -> None:
    """Read nothing from connection NAME, and write nothing to it, until it is resumed."""
    perform("pause", **given)


@click.command()
@click.argument("name")
def resume(**given: Any) -> None:
    """Read the paused connection NAME again, all of it at once."""
    perform("resume", **given)


@click.command()
@click.argument("name")
@click.argument("new")
@AUTHOR
def rename(**given: Any) -> None:
    """Call connection NAME by the NEW name; its links and history stay."""
    perform("rename", **given)


@click.command("seen-by")
@click.argument("name")
@click.option("--everybody", is_flag=True, help="Everybody signed in sees its work items.")
@click.option("--bound", is_flag=True, help="Only those who are bound to it by links.")
@click.option("--team", "teams", multiple=True, help="Beside them this team, with all below it.")
@click.option("--viewers", is_flag=True, help="Beside them people who sign in as viewers.")
@AS_JSON
def seen_by(*, teams: tuple[str, ...], everybody: bool, bound: bool, **given: Any) -> None:
    """Show who sees the work items of connection NAME, or choose it."""
    narrowed = bound or bool(teams) or given["viewers"]
    if everybody and narrowed:
        raise click.UsageError("--everybody leaves nobody out: give it alone")
    do = "everybody" if everybody else "bound" if narrowed else None
    perform("seen-by", do=do, teams=list(teams), **given)


CONNECTED = (pause, resume, rename, seen_by)
