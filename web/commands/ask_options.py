"""``worklift why``, ``work``, ``coverage`` and ``forecast``, as they are typed."""

from typing import Any

import click

from web.commands.options import AS_JSON, CYCLE, perform


@click.command()
@click.argument("item")
@AS_JSON
def why(**given: Any) -> None:
    """Say what the work item ITEM serves: key results, objectives, teams."""
    perform("why", **given)


@click.command()
@click.argument("person")
@AS_JSON
def work(**given: Any) -> None:
    """Show what PERSON works on, and which key results that serves."""
    perform("work", **given)


@click.command()
@CYCLE
@AS_JSON
def coverage(**given: Any) -> None:
    """Show where work and key results miss each other."""
    perform("coverage", **given)


@click.command()
@click.argument("key")
@CYCLE
@AS_JSON
def forecast(**given: Any) -> None:
    """Say what may come of a key result by its end: chances and ranges."""
    perform("forecast", **given)


ASKING = (why, work, coverage, forecast)
