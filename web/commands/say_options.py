"""``worklift override``, ``check-in`` and ``push``, as they are typed."""

from typing import Any

import click

from connector.errors import Refused
from web.commands import given
from web.commands.options import AS_JSON, AUTHOR, CYCLE, NEGATIVE, REASON, perform


@click.command()
@click.argument("key")
@click.option("--value", help="The value that is shown instead of the computed one.")
@REASON
@click.option("--until", help="Its last day, such as 2026-11-30; else the next check-in ends it.")
@click.option("--end", is_flag=True, help="Let the computed value show again.")
@CYCLE
@AUTHOR
@AS_JSON
def override(key: str, *, value: str | None, until: str | None, end: bool, **more: Any) -> None:
    """Put a value over a key result's computed one, or (--end) take it away."""
    if end == (value is not None):
        raise Refused("say either --value N with --reason TEXT, or --end")
    if end:
        perform("override end", key=key, **more)
        return
    number = given.number("--value", value or "")
    day = given.day("--until", until).isoformat() if until is not None else None
    perform("override", key=key, value=number, until=day, **more)


@click.command("check-in")
@click.argument("key")
@click.option("--value", help="The value now, of a key result without links.")
@click.option("--confidence", help="From 1 (low) to 10 (high).")
@click.option("--note", default="", help="What happened.")
@click.option("--blockers", default="", help="What is in the way.")
@click.option("--confirm", is_flag=True, help="Confirm the outcome of one that waits for it.")
@CYCLE
@AUTHOR
@AS_JSON
def check_in(key: str, *, value: str | None, confidence: str | None, **more: Any) -> None:
    """Say how a key result is doing."""
    number = None if value is None else given.number("--value", value)
    sure = None if confidence is None else given.whole("--confidence", confidence, 1, 10)
    perform("check-in", key=key, value=number, confidence=sure, **more)


@click.command(context_settings=NEGATIVE)
@click.argument("key")
@click.argument("value")
@CYCLE
@AUTHOR
@AS_JSON
def push(key: str, value: str, **more: Any) -> None:
    """Set the value of a key result without links, as a program does."""
    perform("push", key=key, value=given.number("VALUE", value), **more)


SAYING = (override, check_in, push)
