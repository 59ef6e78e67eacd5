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
from web.words import sentence

LONGEST = 18
"""Digits of the longest number of a link."""


def save(place: Place, one: Held | None, link: PlanLink) -> Response:
    """Make a link, or count by another rule; raises ``Refused``."""
    if one is None:
        scope, asked = link.scope.text, link.write_back
        linking.add(runtime(), place.subject, scope, link.rule, write_back=asked)
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


def end(place: Place, one: Held | None) -> Response:
    """End a link; it can be brought back for a day."""
    if one is None:
        abort(404)
    linking.remove(runtime(), one.id, author=place.subject.author)
    flash(_("%(scope)s counts no more; what it counted until now is kept.", scope=one.scope))
    return redirect(place.url, 303)


def restore(place: Place) -> Response:
    """Bring an ended link back."""
    number = request.form.get("link", "")
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST):
        abort(404)
    if not access.sight().sees_link(int(number)):
        abort(404)
    try:
        linking.restore(runtime(), place.subject, int(number))
        flash(_("The link counts again, from where it stood."))
    except Refused as refused:
        flash(sentence(str(refused)))
    return redirect(place.url, 303)


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
