"""Commands that have a connection left alone, read again, or called otherwise."""

from collections.abc import Mapping
from typing import Any

from sync import pausing, renaming
from sync.runtime import Runtime
from web.commands.console import OK, Console


def pause(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Read nothing from a connection and write nothing to it until it is resumed."""
    name = given["name"]
    pausing.pause(runtime, name, author=given["author"], why=given["why"])
    console.out(f"{name} is paused; worklift resume {name} has it read again")
    return OK


def resume(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Read a connection again."""
    number = pausing.resume(runtime, given["name"])
    sources = "source" if number == 1 else "sources"
    console.out(f"{given['name']} is read again: {number} {sources} at once")
    return OK


def rename(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Call a connection otherwise."""
    old, new = given["name"], given["new"].strip()
    renaming.rename(runtime, old, new, author=given["author"])
    console.out(f"{old} is called {new} from now on; webhooks and plan files may still say {old}")
    return OK
