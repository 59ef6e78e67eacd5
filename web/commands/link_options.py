"""``worklift find``, ``link`` and ``unlink``, as they are typed."""

from typing import Any

import click

from connector.notes import KINDS
from web.commands.options import AS_JSON, AUTHOR, CYCLE, perform

RULE = click.option(
    "--rule", default="", help="The rest, in YAML, such as '{dropped: as_done, weight: 2}'."
)
NOTES = click.option(
    "--write-back", "write_back", help=f"Notes, with commas: {', '.join(KINDS)}; or none."
)
MEASURE = click.option(
    "--measure", default="", help="As in a plan file: 'share: points', 'number: count, over: open'."
)


@click.command()
@click.argument("connection")
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", help="Only scopes of this kind, such as epic, version or sprint.")
@AS_JSON
def find(words: tuple[str, ...], **more: Any) -> None:
    """Find what can be linked at CONNECTION: by words, a key, or the address of its page."""
    perform("find", text=" ".join(words), **more)


@click.command()
@click.argument("key")
@click.argument("scope")
@MEASURE
@RULE
@NOTES
@click.option(
    "--change", is_flag=True, help="Change how it is counted already; what is not given stays."
)
@click.option("--dry-run", is_flag=True, help="Say what it would count; change nothing.")
@CYCLE
@AUTHOR
@AS_JSON
def link(**given: Any) -> None:
    """Have the key result KEY count SCOPE, or what the page at an address shows."""
    perform("link", **given)


@click.command()
@click.argument("key")
@click.argument("scope")
@CYCLE
@AUTHOR
@AS_JSON
def unlink(**given: Any) -> None:
    """Have the key result KEY count SCOPE no more; what it counted until now is kept."""
    perform("unlink", **given)


LINKING = (find, link, unlink)
