"""Having a connection left alone for a while, and calling it otherwise."""

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from connector.errors import Refused
from sync import pausing, renaming
from web.connections.showing import back_to, report
from web.current import runtime
from web.language import _, _n


def pause(name: str) -> ResponseReturnValue:
    """Ask why, then read and write nothing until it is resumed."""
    shown = report(name)
    if request.method == "GET":
        return render_template("connections/pause.html", each=shown)
    why = request.form.get("why", "")
    try:
        pausing.pause(runtime(), name, author=g.principal.name, why=why)
    except Refused as refused:
        told = {"why": why, "refused": refused.problems}
        return render_template("connections/pause.html", each=shown, **told), 422
    return back_to(name)


def resume(name: str) -> ResponseReturnValue:
    """Read it again, all of it at once."""
    report(name)
    try:
        number = pausing.resume(runtime(), name)
    except Refused:  # somebody was quicker
        return back_to(name, said=_("It is read already."))
    said = _n(
        "It is read again: %(num)s source at once.",
        "It is read again: %(num)s sources at once.",
        number,
    )
    return back_to(name, said=said)


def rename(name: str) -> ResponseReturnValue:
    """Ask for another name, then have everything follow it."""
    shown = report(name)
    if request.method == "GET":
        return render_template("connections/rename.html", each=shown, typed=name)
    typed = request.form.get("new", "").strip()
    try:
        renaming.rename(runtime(), name, typed, author=g.principal.name)
    except Refused as refused:
        told = {"typed": typed, "refused": refused.problems}
        return render_template("connections/rename.html", each=shown, **told), 422
    return back_to(typed, said=_("%(old)s is called %(new)s from now on.", old=name, new=typed))
