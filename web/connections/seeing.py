"""Choosing who sees the work items of a connection."""

from flask import request
from flask.typing import ResponseReturnValue

from connector.errors import Refused
from sync import seeing
from web.connections.showing import back_to, page, report
from web.current import runtime
from web.language import _


def save(name: str) -> ResponseReturnValue:
    """Everybody, or those who are bound to it and those who are ticked."""
    report(name)
    if request.form.get("seen") != "bound":
        seeing.let_all_see(runtime(), name)
        return back_to(name, said=_("Everybody signed in sees its work items."))
    viewers = "viewers" in request.form
    try:
        seeing.let_see(runtime(), name, request.form.getlist("team"), viewers=viewers)
    except Refused as refused:
        return page(name, seen_by_problems=refused.problems), 422
    return back_to(name, said=_("Its work items are seen by those who are bound to it."))
