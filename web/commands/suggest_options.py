"""``worklift suggest``, as it is typed."""

from typing import Any

import click

from web.commands.link_options import MEASURE, NOTES, RULE
from web.commands.options import AS_JSON, AUTHOR, CYCLE, perform


@click.group()
def suggest() -> None:
    """Links that may belong to key results without any; none is made by itself."""


@suggest.command("list")
@click.argument("key", required=False)
@click.option("--trackers", is_flag=True, help="For KEY: search the trackers too.")
@CYCLE
@AUTHOR
@AS_JSON
def show(*, key: str | None, trackers: bool, **given: Any) -> None:
    """List what is suggested for the key result KEY, or for every one without a link."""
    if trackers and key is None:
        raise click.UsageError("--trackers: say for which KEY; trackers are asked for one")
    perform("suggest", key=key, trackers=trackers, **given)


@suggest.command()
@click.argument("key")
@click.argument("scope")
@MEASURE
@RULE
@NOTES
@click.option("--dry-run", is_flag=True, help="Say what it would count; change nothing.")
@CYCLE
@AUTHOR
@AS_JSON
def accept(**given: Any) -> None:
    """Have the key result KEY count SCOPE, which is suggested for it."""
    perform("suggest accept", **given)


@suggest.command()
@click.argument("key")
@click.argument("scope")
@CYCLE
@AUTHOR
def dismiss(**given: Any) -> None:
    """Suggest SCOPE for the key result KEY no more."""
    perform("suggest dismiss", **given)


@suggest.command()
@click.argument("key")
@click.argument("scope")
@CYCLE
@AUTHOR
def recall(**given: Any) -> None:
    """Let SCOPE be suggested for the key result KEY again."""
    perform("suggest recall", **given)
