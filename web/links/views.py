"""The link editor: choose what is counted and how, see what that would do, then save it."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from connector.effects import LinkEffect
from connector.errors import Refused, TrackerError
from connector.plans import PlanLink
from sync import linking, preview
from sync.linking import Held
from web import access, tree
from web.current import runtime
from web.language import _
from web.links import acting, choices, forms, measures, sought, unlinked
from web.links.place import Place, find

blueprint = Blueprint("links", __name__, template_folder="templates")
PATH = "/<cycle>/<team>/<key>/links"
PATIENCE = 15.0
"""Seconds that a dry run may spend on reading what the mirror does not hold."""


@blueprint.get(PATH)
def page(cycle: str, team: str, key: str) -> ResponseReturnValue:
    """What is linked; a search; and the form of what was chosen, with what it would count."""
    place = find(cycle, team, key)
    # Who may not edit these links is shown nothing of the trackers: access comes before the search.
    may = place.refusal is None
    asked = sought.asked() if may else sought.NOTHING
    offer = sought.chosen() if may else None
    standing = linking.held(runtime(), cycle, key)
    try:
        one = acting.one_of(place, standing, request.args.get("link", ""))
    except acting.Over as over:
        return acting.back(place, over)
    if one is not None:
        read = forms.Read(forms.shown(one.scope, one.rule, one.write_back))
        return _show(place, standing, asked=asked, one=one, read=read)
    if offer is None:
        query = asked.query_chosen()
        if query is not None and place.is_open:
            return redirect(f"{place.url}?{urlencode({'scope': query})}", 303)
        return _show(place, standing, asked=asked)
    first = standing[0].rule if standing else None
    read = forms.Read(forms.shown(offer.scope, sought.like(first)))
    effects: tuple[LinkEffect, ...] = ()
    if place.is_open and offer.kind:
        read, effects = _tried(place, read)
    return _show(place, standing, asked=asked, offer=offer, read=read, effects=effects)


@blueprint.post(PATH)
def act(cycle: str, team: str, key: str) -> ResponseReturnValue:
    """Look what it would count, save it, end a link or bring it back, turn a suggestion down."""
    place, do = find(cycle, team, key), request.form.get("do", "")
    access.refuse(place.refusal)
    if do in acting.OTHERS:
        return acting.OTHERS[do](place)
    standing = linking.held(runtime(), cycle, key)
    try:
        one = acting.one_of(place, standing, request.form.get("link", ""))
    except acting.Over as over:
        return acting.back(place, over) if do == "end" else _anew(place, standing)
    if do == "end":
        return acting.end(place, one)
    read = forms.read(request.form)
    effects: tuple[LinkEffect, ...] = ()
    if read.link is not None:
        try:
            sought.refuse_unseen_scope(read.link.scope.text)
            if do == "save":
                return acting.save(place, one, read.link)
            effects = _look(place, read.link)
        except Refused as refused:
            read = forms.refused(read, refused)
    shown = _show(place, standing, one=one, read=read, effects=effects)
    return shown, 400 if read.problems else 200


def _anew(place: Place, standing: tuple[Held, ...]) -> ResponseReturnValue:
    """The form of a link that ended since it was shown, as that of a new one."""
    said = _("this link ended meanwhile; save it to link it anew")
    read = forms.refused(forms.read(request.form), Refused(said))
    return _show(place, standing, read=read), 400


@blueprint.get("/<cycle>/-/unlinked")
def without(cycle: str) -> str:
    """The key results of a cycle, or of a team and those below it, without links."""
    return unlinked.show(cycle, request.args.get("team", ""))


def _tried(place: Place, read: forms.Read) -> tuple[forms.Read, tuple[LinkEffect, ...]]:
    """What was just chosen, looked at by the rule the form begins with."""
    whole = forms.read(forms.sent(read.typed))
    if whole.link is None:
        return whole, ()
    try:
        sought.refuse_unseen_scope(whole.link.scope.text)
        return read, _look(place, whole.link)
    except Refused as refused:
        return forms.refused(read, refused), ()


def _look(place: Place, link: PlanLink) -> tuple[LinkEffect, ...]:
    cycle, key, scope = place.report.cycle, place.key_result.key, link.scope.text
    return preview.preview_link(runtime(), cycle, key, scope, link.rule, patience=PATIENCE)


def _show(place: Place, standing: tuple[Held, ...], **more: Any) -> str:
    asked: sought.Wanted = more.setdefault("asked", sought.asked())
    read: forms.Read | None = more.setdefault("read", None)
    scope = read.typed["scope"] if read is not None else ""
    sight = access.sight()
    return render_template(
        "links/page.html",
        place=place,
        report=place.report,
        above=[*tree.ancestors(place.report, place.team.key), place.team],
        kr=place.key_result,
        closed=place.report.state == "closed",
        refusal=place.refusal,
        standing=[each for each in standing if sight.sees_link(each.id)],
        hidden=sum(not sight.sees_link(each.id) for each in standing),
        ended=_ended(place) if read is None else (),
        **_found(asked),
        **_suggested(place, asked, is_linked=bool(standing) or read is not None),
        connections=sought.connections(),
        kinds=sought.kinds(asked.connection),
        is_query=sought.is_query,
        naming=sought.naming(),
        choices=choices,
        counts=measures.counts,
        note_kinds=sought.note_kinds(scope),
        allowed=sought.writing(scope),
        linked={name for each in standing for name in each.names},
        more_open=read is not None and read.is_unusual,
        **{"effects": (), "one": None, "offer": None, **more},
    )


def _found(asked: sought.Wanted) -> dict[str, Any]:
    """What fits the search, or why nothing could be looked for."""
    if not asked.text:
        return {"offers": (), "search_problem": ""}
    try:
        return {"offers": asked.offers(), "search_problem": ""}
    except sought.Partly as partly:
        return {"offers": partly.offers, "search_problem": "; ".join(partly.problems)}
    except (Refused, TrackerError) as error:
        return {"offers": (), "search_problem": str(error)}


def _suggested(place: Place, asked: sought.Wanted, *, is_linked: bool) -> dict[str, Any]:
    """What may belong to a key result without links; the trackers are asked only when wanted."""
    nothing: dict[str, Any] = {"suggestions": (), "unasked": (), "searched": False}
    if is_linked or asked.text or not place.is_open or place.key_result.progress_from == "supports":
        return nothing
    sees = access.sight().sees
    if request.args.get("suggest") == "trackers":
        found, problems = linking.searched(runtime(), place.subject, sees=sees)
        return {"suggestions": found, "unasked": problems, "searched": True}
    return {**nothing, "suggestions": unlinked.suggested(place.report.cycle, place.key_result.key)}


def _ended(place: Place) -> tuple[Held, ...]:
    if not place.is_open:
        return ()
    cycle, key = place.report.cycle, place.key_result.key
    sees = access.sight().sees_link
    return tuple(each for each in linking.ended(runtime(), cycle, key) if sees(each.id))
