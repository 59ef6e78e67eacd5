"""Commands about which tracker account is whose."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sync import people
from sync.people import AccountReport
from sync.runtime import Runtime
from web.commands.console import OK, Console, out_json
from web.commands.text import columns


def show(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Every account seen or said, and the suggestions by equal verified e-mail."""
    with runtime.store.read() as session:
        known = people.accounts(session)
        suggested = people.suggestions(session, runtime.vault.mark)
    if given["as_json"]:
        told = [{**asdict(each), "sentence": each.sentence} for each in suggested]
        out_json(console, {"accounts": [asdict(each) for each in known], "suggestions": told})
        return OK
    for line in columns(_row(each) for each in known):
        console.out(line)
    for each in suggested:
        console.out(f"{each.sentence}; if it is theirs:")
        console.out(f"  worklift accounts link {each.person} {each.tracker} {each.external_id}")
    if not known:
        console.err("no account is known yet; they are seen on the work items that are read")
    return OK


def link(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Say that an account is somebody's."""
    person, tracker, account = given["person"], given["tracker"], given["account"]
    people.link_account(runtime, person, tracker, account)
    if given["as_json"]:
        out_json(console, {"person": person, "tracker": tracker, "account": account})
    else:
        console.out(f"the {tracker} account {account} is {person}'s")
    return OK


def unlink(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Take an account away from somebody."""
    person, tracker = given["person"], given["tracker"]
    people.unlink_account(runtime, person, tracker)
    if given["as_json"]:
        out_json(console, {"person": person, "tracker": tracker, "account": None})
    else:
        console.out(f"{person} has no {tracker} account any more")
    return OK


def _row(each: AccountReport) -> tuple[str, str]:
    name = f" {each.name}" if each.name and each.name != each.external_id else ""
    whose = f"{each.person} (said by the {each.origin})" if each.person else "nobody's yet"
    return f"{each.tracker}  {each.external_id}{name}", whose
