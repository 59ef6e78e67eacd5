"""What the planning pages share: a form that is shown and saved, and one thing done by a button."""

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from connector.errors import Refused
from web.language import _
from web.planning import forms, saving
from web.planning.fields import Form
from web.planning.forms import Read
from web.planning.saving import Saved

GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")


def author() -> str:
    """Who changes something here."""
    name: str = g.principal.name
    return name


def save(
    form: Form, *, template: str, then: Callable[[Saved], tuple[str, str]], **shown: Any
) -> ResponseReturnValue:
    """Save what was typed and go on to where ``then`` says (what is told there, the address), or
    show the form again with its problems."""
    found = saving.save(form, forms.read(form, request.form), author=author())
    if isinstance(found, Read):
        return render_template(template, form=form, read=found, **shown), 400
    said, url = then(found)
    flash(said)
    if found.also:
        names = ", ".join(str(each.label) for each in found.also)
        flash(_("Somebody else changed this meanwhile, and it stays so: %(names)s.", names=names))
    return redirect(url, 303)


def do(act: Callable[[], object], *, said: str, url: str) -> ResponseReturnValue:
    """Do one thing and tell it, or tell why not; then go back."""
    try:
        act()
    except Refused as refused:
        for problem in sentences(refused):
            flash(problem, "problem")
    else:
        flash(said)
    return redirect(url, 303)


def sentences(refused: Refused) -> list[str]:
    """What is wrong, each without the line and key of a plan file."""
    found = getattr(refused, "found", ())
    return [each.sentence for each in found] or list(refused.problems)
