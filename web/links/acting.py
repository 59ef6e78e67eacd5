"""What the link editor does: save, end and bring back links, turn suggestions down."""

from collections.abc import Callable, Mapping

from flask import abort, flash, redirect, request
from werkzeug.wrappers import Response

from connector.errors import Refused
from connector.plans import PlanLink
from sync import linking
from sync.linking import Held
from web import access, once
from web.current import runtime
from web.language import _
from web.links.place import Place

LONGEST = 18
"""Digits of the longest number of a link."""


class Over(Refused):
    """A link that ended since it was shown."""


def save(place: Place, one: Held | None, link: PlanLink) -> Response:
    """Make a link, or count by another rule; raises ``Refused``."""
    if one is None:
        scope, asked = link.scope.text, link.write_back
        try:
            linking.add(runtime(), place.subject, scope, link.rule, write_back=asked)
        except Refused:
            if not _is_made(place, link):
                raise
        said = _("%(scope)s is linked; it counts as soon as it was read.", scope=scope)
        once.tell(f"key-result/{place.report.cycle}/{place.key_result.key}", said=said)
        return redirect(place.key_result_url, 303)
    author = place.subject.author
    linking.change(runtime(), one.id, link.rule, write_back=link.write_back, author=author)
    if link.rule == one.rule:  # then what was changed, if anything, are its notes
        flash(_("%(scope)s is saved; it counts as before.", scope=one.scope))
    else:
        flash(_("%(scope)s counts by the new rule from now on.", scope=one.scope))
    return redirect(place.url, 303)


def _is_made(place: Place, link: PlanLink) -> bool:
    """Whether the very same link is there already: the form was sent twice."""
    wanted = (link.scope.text, link.rule, set(link.write_back))
    held = linking.held(runtime(), place.report.cycle, place.key_result.key)
    return any((each.scope, each.rule, set(each.write_back)) == wanted for each in held)


def one_of(place: Place, standing: tuple[Held, ...], number: str) -> Held | None:
    """The link of a number, None for no number; raises ``Over`` for one that ended meanwhile, and
    404 for one that is not of this key result, or may not be seen."""
    if not number:
        return None
    link_id = _id(number)
    if not access.sight().sees_link(link_id):
        abort(404)
    found = next((each for each in standing if each.id == link_id), None)
    if found is None and linking.had(runtime(), place.report.cycle, place.key_result.key, link_id):
        raise Over(_("this link ended meanwhile"))
    return found if found is not None else abort(404)


def back(place: Place, problem: Refused) -> Response:
    """To what is linked, with what could not be done."""
    for each in problem.problems:
        flash(each, "problem")
    return redirect(place.url, 303)


def end(place: Place, one: Held | None) -> Response:
    """End a link; it can be brought back for a day."""
    if one is None:
        abort(404)
    try:
        linking.remove(runtime(), one.id, author=place.subject.author)
    except Refused as refused:
        return back(place, refused)
    flash(_("%(scope)s counts no more; what it counted until now is kept.", scope=one.scope))
    return redirect(place.url, 303)


def restore(place: Place) -> Response:
    """Bring an ended link back."""
    link_id = _id(request.form.get("link", ""))
    if not access.sight().sees_link(link_id):
        abort(404)
    try:
        linking.restore(runtime(), place.subject, link_id)
    except Refused as refused:
        return back(place, refused)
    flash(_("The link counts again, from where it stood."))
    return redirect(place.url, 303)


def _id(number: str) -> int:
    is_one = number.isascii() and number.isdigit() and len(number) <= LONGEST
    return int(number) if is_one else abort(404)


def dismiss(place: Place) -> Response:
    """Suggest a scope no more for this key result."""
    scope = request.form.get("scope", "")[:10_000] or abort(400)
    linking.dismiss(runtime(), place.subject, scope)
    flash(scope, "dismissed")
    return redirect(place.url, 303)


def recall(place: Place) -> Response:
    """Suggest it again, after all."""
    linking.recall(runtime(), place.subject, request.form.get("scope", "")[:10_000])
    return redirect(place.url, 303)


OTHERS: Mapping[str, Callable[[Place], Response]] = {
    "restore": restore,
    "dismiss": dismiss,
    "recall": recall,
}
"""What needs no form of a link, by what the button says."""
