"""The plan as a file: what one would change, applying it, and the stored plan to take away."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connector import plans
from connector.errors import Refused
from connector.plans.problems import Misfit
from connector.plans.tree import MAX_BYTES
from sync import planning
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
    """Look what a plan file would change, or apply it."""
    text, problem = _given()
    if problem:
        return _show(text, problems=[(0, "", problem)]), 400
    try:
        plan = plans.parse(text, NAME, trackers=tuple(runtime().trackers))
        if request.form.get("do") == "apply":
            return _applied(planning.apply_plan(runtime(), plan, author=pages.author()))
        changes = planning.look(runtime(), plan)
    except Misfit as misfit:
        found = [(each.line, each.key, each.sentence) for each in misfit.found]
        return _show(text, problems=found), 400
    except Refused as refused:
        return _show(text, problems=[(0, "", each) for each in refused.problems]), 400
    return _show(text, changes=changes)


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
    shown = {"changes": None, "problems": (), **more}
    return render_template(PAGE, text=text, kinds=KINDS, most=SHOWN, **shown)


ROUTES = (
    ("/file", "file", page, pages.GET),
    ("/file", "give_file", give, pages.POST),
    ("/file/plan.yaml", "export", export, pages.GET),
)
