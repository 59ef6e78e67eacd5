"""Commands about who may sign in."""

from collections.abc import Mapping
from typing import Any

from connector.errors import Refused
from sync.people import tie_user
from sync.runtime import Runtime
from web.accounts import people
from web.commands.console import OK, Console


def add(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Make an account."""
    with runtime.store.write() as session:
        now = runtime.clock()
        user = people.add_user(session, given["name"], given["password"], given["role"], now)
        console.out(f"{user.name} can sign in as {user.role}")
    return OK


def password(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Set a new password; every session of the account ends."""
    with runtime.store.write() as session:
        user = people.set_password(session, given["name"], given["password"])
        console.out(f"{user.name} has a new password; earlier sign-ins have ended")
    return OK


def person(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Say which person of the plan an account is, or that it is nobody."""
    with runtime.store.read() as session:
        user = people.find(session, given["name"])
    if user is None:
        raise Refused(f"There is no account named {given['name']}.")
    tie_user(runtime, user.id, given["person"])
    console.out(f"{user.name} is {given['person'] or 'nobody of the plan'}")
    return OK
