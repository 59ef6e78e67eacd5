"""``worklift write-back``, as it is typed."""

import click

from connector.errors import Refused
from connector.notes import KINDS
from web.commands.options import AS_JSON, perform

NONE = "none"


@click.command("write-back")
@click.argument("connection", required=False)
@click.option(
    "--allow",
    metavar="KINDS",
    help=f"Let links of CONNECTION ask for these, with commas: {', '.join(KINDS)}, those that its"
    " tracker has; or none.",
)
@click.option("--send", is_flag=True, help="Send what waits now, without waiting for the server.")
@AS_JSON
def write_back(connection: str | None, allow: str | None, *, send: bool, as_json: bool) -> None:
    """Show what trackers are told of key results, or allow it for CONNECTION."""
    if allow is not None and connection is None:
        raise Refused("--allow: say for which connection: worklift write-back CONNECTION --allow …")
    perform(
        "write-back",
        connection=connection,
        allow=None if allow is None else _kinds(allow),
        send=send,
        as_json=as_json,
    )


def _kinds(text: str) -> list[str]:
    names = [each.strip() for each in text.split(",") if each.strip()]
    if not names:
        raise Refused(f"--allow: name kinds, such as epic,comment, or {NONE}")
    return [] if names == [NONE] else names
