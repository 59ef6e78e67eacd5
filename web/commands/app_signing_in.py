"""Commands that connect by an application: one that is there, or one the tracker makes now."""

import os
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from connector.errors import Refused
from integrations.tracker import Form
from sync import agreements
from sync.runtime import Runtime
from web.commands import connecting
from web.commands.console import OK, Console
from web.commands.signing_in import HERE, WHO, came_back, wanted

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Create the app</title>
<form method="post" action="{}">{}<button autofocus>Create the app at {}</button></form></html>
"""


def connect(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Connect with an application that is there and installed."""
    asked = wanted(runtime, given, console)
    return connecting.tell(runtime, agreements.directly(runtime, asked), console)


def new(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Write the page that proposes an application, and say what to do with it."""
    asked = wanted(runtime, given, console)
    form = agreements.propose(runtime, asked, runtime.settings.public_url or HERE, WHO)
    path = _path(runtime, asked.name)
    label = runtime.tracker(asked.tracker).spec.label
    _write(path, _page(form, label))
    console.err(
        f"1. Open this file in a browser that is signed in at {label}, press the button, and"
    )
    console.err("   create the app:")
    console.out(path.as_uri())
    console.err(f"2. You come back to {asked.client.redirect}: paste here the whole address,")
    console.err("   even if nothing answers there. Each step is good for ten minutes.")
    return OK


def made(runtime: Runtime, given: Mapping[str, Any], console: Console) -> int:
    """Fetch the application that was made, and say where to install it."""
    answer = came_back(given["address"])
    address = agreements.made(runtime, answer["state"], answer.get("code", ""), WHO)
    _path(runtime, given["name"]).unlink(missing_ok=True)
    console.err("3. The app is made. Install it here, for the repositories it may read:")
    console.out(address)
    console.err("4. You come back to the same address: paste it here again.")
    return OK


def _path(runtime: Runtime, name: str) -> Path:
    return runtime.settings.home / f"create-app-{name}.html"


def _page(form: Form, label: str) -> str:
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in form.fields.items()
    )
    return _PAGE.format(escape(form.address), fields, escape(label))


def _write(path: Path, text: str) -> None:
    """Nobody else may read it: it holds what leads back to this sign-in."""
    path.unlink(missing_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
