"""``worklift hooks``: what is typed about a connection's webhooks."""

import click

from connector.errors import Refused
from web.commands.options import AS_JSON, perform


@click.command()
@click.argument("name")
@click.option("--register", is_flag=True, help="Set up the webhooks in the tracker, and keep them.")
@click.option("--remove", is_flag=True, help="Take the webhooks away that were set up so.")
@click.option(
    "--rotate", is_flag=True, help="Make a new secret; the old one stays good for 24 hours."
)
@AS_JSON
def hooks(name: str, *, as_json: bool, **wanted: bool) -> None:
    """Show how the webhooks of connection NAME do and how to set them up, or change them."""
    asked = [what for what, yes in wanted.items() if yes]
    if len(asked) > 1:
        both = " and ".join(f"--{each}" for each in asked)
        raise Refused(f"{both}: one thing at a time; type the command once for each")
    perform("hooks", name=name, do=asked[0] if asked else None, as_json=as_json)
