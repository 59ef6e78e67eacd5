"""Allowing a connection to write back."""

from flask import request
from flask.typing import ResponseReturnValue

from connector.errors import Refused
from sync import writeback
from web.connections.showing import back_to, page, report
from web.current import runtime
from web.language import _


def allow(name: str) -> ResponseReturnValue:
    """Allow the kinds that are ticked and no other; what waited for a right is tried again."""
    report(name)
    ticked = request.form.getlist("kind")
    try:
        kinds = writeback.allow(runtime(), name, ticked)
    except Refused as refused:
        return page(name, write_back_problems=refused.problems, write_back_ticked=ticked), 422
    said = (
        _("Links may ask for: %(kinds)s.", kinds=", ".join(kinds))
        if kinds
        else _("Nothing is written back.")
    )
    return back_to(name, write_back_said=said)
