"""Saying who one is: a person of the plan, or an account at a tracker; admins confirm."""

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connector.errors import Refused
from sync.people import claims
from web import access
from web.current import runtime
from web.language import _
from web.work import who
from web.work.views import Problem, blueprint, my_page

__all__ = ["blueprint"]


@blueprint.post("/my-work/claim")
def claim() -> ResponseReturnValue:
    """Say which person, or which account, one is; for an admin it is so at once."""
    running, user = runtime(), g.principal.user_id
    tracker = request.form.get("tracker", claims.PERSON)
    said = request.form.get("account") or request.form.get("typed", "")
    try:
        if tracker == claims.PERSON:
            claims.claim_person(running, user, request.form.get("person", ""))
        else:
            hidden = access.sight().hidden
            claims.claim_account(running, user, claims.Said(tracker, said, hidden))
        if g.principal.role == "admin":
            claims.confirm(running, user, tracker)
            flash(_("That is kept; your work is found by it from now on."))
        else:
            flash(_("An admin was asked to confirm it."))
    except Refused as refused:
        problem = Problem(tracker, str(refused), said)
        return make_response(my_page(problem), 400)
    return redirect(url_for(".mine"), 303)


@blueprint.post("/my-work/withdraw")
def withdraw() -> ResponseReturnValue:
    """Take back what one said."""
    claims.withdraw(runtime(), g.principal.user_id, request.form.get("tracker", claims.PERSON))
    flash(_("That was taken back."))
    return redirect(url_for(".mine"), 303)


@blueprint.get("/my-work/claims")
def waiting() -> ResponseReturnValue:
    """What people say of themselves, to be confirmed by an admin."""
    with runtime().store.read() as session:
        found = claims.claims(session)
    labels = {each.tracker: who.label(each.tracker) for each in found if each.tracker}
    return render_template("work/claims.html", claims=found, labels=labels)


@blueprint.post("/my-work/claims")
def settle() -> ResponseReturnValue:
    """Confirm a claim, or turn it down."""
    user = request.form.get("user", 0, type=int)
    tracker = request.form.get("tracker", claims.PERSON)
    try:
        if request.form.get("do") == "confirm":
            claims.confirm(runtime(), user, tracker, request.form.get("wanted", ""))
            flash(_("It is so from now on."))
        else:
            claims.withdraw(runtime(), user, tracker)
            flash(_("The claim was turned down."))
    except Refused as refused:
        flash(str(refused), "problem")
    return redirect(url_for(".waiting"), 303)
