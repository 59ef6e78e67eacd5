"""The plan as a file: what one would change, applying it, and the stored plan to take away."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connector import plans
from connector.errors import Refused
from connector.plans.problems import Misfit
from connector.plans.tree import MAX_BYTES
from sync import planning
from sync.names import plan_of_today
from sync.planning import editing
from sync.planning.trial import Shift, plan_trial
from web.current import runtime
from web.language import _, lazy
from web.planning import pages

PAGE = "planning/file.html"
NAME = "plan.yaml"
KINDS: Mapping[str, Any] = {
    "scoring": lazy("scoring rules"),
    "cycle": lazy("cycle"),
    "team": lazy("team"),
    "person": lazy("person"),
    "objective": lazy("objective"),
    "key_result": lazy("key result"),
}
SHOWN = 200
"""The most changes and problems listed; the rest is counted."""


def page() -> str:
    """Take the plan away, or give one."""
    return _show("")


def give() -> ResponseReturnValue:
    """Look what a plan file would change and what that makes of the scores, or apply it."""
    text, problem = _given()
    if problem:
        return _show(text, problems=[(0, "", problem)]), 400
    try:
        plan = _parsed(text)
        changes = planning.look(runtime(), plan)
        version = _version(changes)
        is_seen = request.form.get("seen", version) == version
        if request.form.get("do") == "apply" and is_seen:
            return _applied(planning.apply_plan(runtime(), plan, author=pages.author()))
        shifts = plan_trial(runtime(), plan) if changes.changes else ()
    except Misfit as misfit:
        found = [(each.line, each.key, each.sentence) for each in misfit.found]
        return _show(text, problems=found), 400
    except Refused as refused:
        return _show(text, problems=[(0, "", each) for each in refused.problems]), 400
    shown = {"changes": changes, "shifts": _foremost(shifts), "version": version}
    if request.form.get("do") == "apply":
        said = _("It would change something else by now; look at it and apply it again.")
        return _show(text, problems=[(0, "", said)], **shown), 400
    return _show(text, **shown)


def _version(changes: plans.Changes) -> str:
    """What tells whether applying the same plan would change something else by now."""
    found = [(each.key, each.cycle, editing.version(each.fields)) for each in changes.changes]
    return sha256(repr(found).encode()).hexdigest()[:16]


def _parsed(text: str) -> plans.Plan:
    plan = plans.parse(text, NAME, trackers=tuple(runtime().trackers))
    with runtime().store.read() as session:
        return plan_of_today(session, plan)


def _foremost(shifts: Sequence[Shift]) -> list[Shift]:
    """Scores that become others first, then those that begin; teams before what is in them."""
    kinds = ("team", "objective", "key_result")

    def rank(each: Shift) -> tuple[int, int]:
        begins = each.before[0] is None
        return (0 if each.moves and not begins else 1 if each.moves else 2), kinds.index(each.kind)

    return sorted(shifts, key=rank)


def export() -> Response:
    """The stored plan as a file."""
    with runtime().store.read() as session:
        text = planning.exported(session)
    kind = "application/yaml; charset=utf-8"
    said = {"Content-Disposition": f'attachment; filename="{NAME}"'}
    return Response(text, content_type=kind, headers=said)


def _given() -> tuple[str, str]:
    """The text that was pasted or is in the file sent, and what is wrong with it as such."""
    sent = request.files.get("file")
    content = sent.read(MAX_BYTES + 1) if sent is not None else b""
    if not content:
        text = request.form.get("text", "")
        return text, "" if text.strip() else _("Choose a file, or paste a plan.")
    if len(content) > MAX_BYTES:
        return "", _("The file is larger than 5 MB; split it into several plans.")
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return "", _("The file is not UTF-8; save it as UTF-8.")


def _applied(applied: planning.Applied) -> ResponseReturnValue:
    flash(
        _(
            "The plan is applied: %(created)s created, %(updated)s updated, %(same)s as they were.",
            created=len(applied.created),
            updated=len(applied.updated),
            same=applied.unchanged,
        )
    )
    return redirect(url_for("plan.file"), 303)


def _show(text: str, **more: Any) -> str:
    shown = {"changes": None, "shifts": (), "problems": (), "version": "", **more}
    return render_template(PAGE, text=text, kinds=KINDS, most=SHOWN, **shown)


ROUTES = (
    ("/file", "file", page, pages.GET),
    ("/file", "give_file", give, pages.POST),
    ("/file/plan.yaml", "export", export, pages.GET),
)
