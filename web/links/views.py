"""The link editor: choose what is counted and how, see what that would do, then save it."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connector.effects import LinkEffect
from connector.errors import Refused, TrackerError
from connector.plans import PlanLink
from connector.report import CycleReport, KeyResultReport, TeamReport
from sync import linking, people, preview
from sync.linking import Held, Offer
from sync.said import Subject
from web import cycles, tree
from web.current import runtime
from web.links import forms, sought

blueprint = Blueprint("links", __name__, template_folder="templates")
NEW_RULE = "counts by the new rule from now on"
PATH = "/<cycle>/<team>/<key>/links"


@dataclass(frozen=True, slots=True)
class Place:
    """The key result whose links are edited."""

    report: CycleReport
    team: TeamReport
    key_result: KeyResultReport

    @property
    def subject(self) -> Subject:
        """The key result, and who edits it."""
        return Subject(self.report.cycle, self.key_result.key, g.principal.name)

    @property
    def refusal(self) -> str | None:
        """Why who is signed in may not edit them: admins may, leads what is theirs."""
        if g.principal.role == "admin":
            return None
        with runtime().store.read() as session:
            return people.refusal(
                session, g.principal.user_id, self.report.cycle, self.key_result.key
            )

    @property
    def url(self) -> str:
        """The editor's address."""
        cycle, team, key = self.report.cycle, self.team.key, self.key_result.key
        return url_for("links.page", cycle=cycle, team=team, key=key)


@blueprint.get(PATH)
def page(cycle: str, team: str, key: str) -> ResponseReturnValue:
    """What is linked; a search; and the form of what was chosen."""
    place = _place(cycle, team, key)
    # Who may not edit these links is shown nothing of the trackers: access comes before the search.
    may = place.refusal is None
    asked = sought.asked() if may else sought.NOTHING
    offer = sought.chosen() if may else None
    standing = linking.held(runtime(), cycle, key)
    one = _one(standing, request.args.get("link", ""))
    typed = forms.shown(one.scope, one.rule, one.write_back) if one else None
    if typed is None and offer is not None:
        first = standing[0].rule if standing else None
        typed = forms.shown(offer.scope, sought.like(first))
    return _show(place, standing, asked=asked, one=one, offer=offer,
                 read=forms.Read(typed) if typed else None)  # fmt: skip


@blueprint.post(PATH)
def act(cycle: str, team: str, key: str) -> ResponseReturnValue:
    """Look what it would count, save it, or end a link."""
    place = _place(cycle, team, key)
    if said := place.refusal:
        abort(403, said)
    standing = linking.held(runtime(), cycle, key)
    one = _one(standing, request.form.get("link", ""))
    if request.form.get("do") == "end":
        return _end(place, one)
    read = forms.read(request.form)
    effects: tuple[LinkEffect, ...] = ()
    if read.link is not None:
        try:
            if request.form.get("do") == "save":
                return _save(place, one, read.link)
            effects = _look(place, read.link)
        except Refused as refused:
            read = forms.refused(read, refused)
    asked = sought.asked()
    shown = _show(place, standing, asked=asked, one=one, offer=None, read=read, effects=effects)
    return shown, 400 if read.problems else 200


def _look(place: Place, link: PlanLink) -> tuple[LinkEffect, ...]:
    subject = place.subject
    return preview.preview_link(runtime(), subject.cycle, subject.key, link.scope.text, link.rule)


def _save(place: Place, one: Held | None, link: PlanLink) -> ResponseReturnValue:
    if one is None:
        linking.add(
            runtime(), place.subject, link.scope.text, link.rule, write_back=link.write_back
        )
        flash(f"{link.scope.text} is linked; it counts as soon as it was read.")
    else:
        author = place.subject.author
        linking.change(runtime(), one.id, link.rule, write_back=link.write_back, author=author)
        only = link.rule == one.rule  # then what was changed, if anything, are its notes
        flash(f"{one.scope} {'is saved; it counts as before' if only else NEW_RULE}.")
    return redirect(place.url, 303)


def _end(place: Place, one: Held | None) -> ResponseReturnValue:
    if one is None:
        abort(404)
    linking.remove(runtime(), one.id, author=place.subject.author)
    flash(f"{one.scope} counts no more; what it counted until now is kept.")
    return redirect(place.url, 303)


def _show(place: Place, standing: tuple[Held, ...], **more: Any) -> str:
    offers: tuple[Offer, ...] = ()
    asked: sought.Wanted = more["asked"]
    problem = ""
    if asked.text:
        try:
            offers = asked.offers()
        except (Refused, TrackerError) as error:
            problem = str(error)
    read: forms.Read | None = more["read"]
    return render_template(
        "links/page.html",
        place=place,
        report=place.report,
        above=[*tree.ancestors(place.report, place.team.key), place.team],
        kr=place.key_result,
        closed=place.report.state == "closed",
        refusal=place.refusal,
        standing=standing,
        offers=offers,
        search_problem=problem,
        connections=sought.connections(),
        kinds=sought.kinds(),
        naming=sought.naming(),
        forms=forms,
        note_kinds=sought.note_kinds(read.typed["scope"]) if read is not None else {},
        allowed=sought.writing(read.typed["scope"]) if read is not None else frozenset(),
        linked={name for each in standing for name in each.names},
        more_open=read is not None and read.is_unusual,
        **{"effects": (), **more},
    )


def _place(cycle: str, team: str, key: str) -> Place:
    with runtime().store.read() as session:
        report = cycles.report_or_404(session, cycle)
    owner = cycles.team_or_404(report, team)
    rows = (row for each in owner.objectives for row in each.key_results if row.key == key)
    row = next(rows, None)
    return Place(report, owner, row) if row is not None else abort(404)


def _one(standing: tuple[Held, ...], number: str) -> Held | None:
    """The link to change; 404 for one that is not of this key result or has ended."""
    if not number:
        return None
    found = next((each for each in standing if str(each.id) == number), None)
    return found if found is not None else abort(404)
