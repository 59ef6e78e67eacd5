"""``worklift preview``, as it is typed."""

from pathlib import Path
from typing import Any

import click

from web.commands.options import AS_JSON, CYCLE, FILE, perform, read_text


@click.group()
def preview() -> None:
    """Say what a link or a field mapping would do; change nothing."""


@preview.command()
@click.argument("key")
@click.option("--scope", required=True, help="What it would count, such as jira:epic:PLAT-42.")
@click.option("--rule", default="", help="How, in YAML, such as '{measure: {share: points}}'.")
@CYCLE
@AS_JSON
def link(**given: Any) -> None:
    """What linking a scope to the key result KEY would do."""
    perform("preview link", **given)


@preview.command()
@click.argument("name")
@click.argument("file", type=FILE)
@AS_JSON
def mapping(name: str, file: Path, *, as_json: bool) -> None:
    """What the field mapping in FILE would do to the links of the connection NAME."""
    text = read_text(file)
    perform("preview mapping", name=name, file=str(file), text=text, as_json=as_json)
