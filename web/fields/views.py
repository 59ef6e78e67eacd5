"""The field mapping of a connection: edited by form or as a text, tried, saved, restored."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connector.errors import Refused
from connector.store.tables import Connection
from sync import connections, mappings, offered, preview
from sync.mappings import Overtaken, Saved, Version
from web import once
from web.connections.sentences import ours
from web.current import runtime
from web.fields import drafts, effects, wording
from web.fields.drafts import Draft
from web.fields.rows import rows
from web.language import _, _n
from web.paging import paged
from web.renamed import lead_on

blueprint = Blueprint("fields", __name__, template_folder="templates")
PATH = "/connections/<name>/fields"


@blueprint.get(PATH)
def page(name: str) -> str:
    """The mapping in use, to be edited: its whole, one place's own rules, or as a text."""
    row, versions = _held(name)
    draft = drafts.of(versions, place=request.args.get("place", "").strip()[:255])
    begun = "proposed" in request.args
    if begun:
        proposed = row.options.get("surveyed", {}).get("proposed", {})
        draft = replace(draft, document=proposed, place="")
    if request.args.get("as") == "text":
        draft = replace(draft, text=drafts.as_text(draft.document))
    return _shown(row, versions, draft, begun=begun, **once.told(f"fields/{name}"))


@blueprint.post(PATH)
def act(name: str) -> ResponseReturnValue:
    """Show what it would do, save it, or go on with it as a text or as a form."""
    row, versions = _held(name)
    draft = drafts.posted(versions[0].body if versions else {})
    match request.form.get("do"):
        case "text":
            draft = replace(draft, text=drafts.as_text(draft.document))
            return _shown(row, versions, draft)
        case "form" if draft.is_right:
            return _shown(row, versions, replace(draft, text=None))
        case "save" if draft.is_right:
            return _save(row, versions, draft)
    if not draft.is_right:
        return _shown(row, versions, draft), 400
    return _tried(row, versions, draft)


@blueprint.post(f"{PATH}/names")
def names(name: str) -> ResponseReturnValue:
    """Ask the tracker again which names it has."""
    _held(name)
    made = connections.again(runtime(), name)
    told = {"problem": made.error} if made.error else {"said": _("The names are as they are now.")}
    once.tell(f"fields/{name}", **told)
    return redirect(url_for("fields.page", name=name), 303)


@blueprint.get(f"{PATH}/names")
def after(name: str) -> ResponseReturnValue:
    """Typed or loaded again, the address of something done leads back to the editor."""
    _held(name)
    return redirect(url_for("fields.page", name=name), 303)


@blueprint.get(f"{PATH}/<int:version>")
def version(name: str, version: int) -> str:
    """One version: what it says, what it changed, and what is different now."""
    row, versions = _held(name)
    return _version(row, versions, version)


@blueprint.post(f"{PATH}/<int:version>")
def restore(name: str, version: int) -> ResponseReturnValue:
    """Show what restoring it would do, or restore it."""
    row, versions = _held(name)
    one = _one(versions, version)
    draft = replace(
        drafts.of(versions),
        reason=request.form.get("reason", ""),
        reapply="reapply" in request.form,
    )
    if request.form.get("do") != "restore":
        found = preview.preview_mapping(runtime(), name, one.body)
        with runtime().store.read() as session:
            return _version(row, versions, version, draft=draft, told=effects.told(session, found))
    try:
        saved = mappings.restore(runtime(), name, version, draft.saving(g.principal.name))
    except Refused as refused:
        return _version(row, versions, version, draft=draft, problems=refused.problems), 400
    return _done(name, saved)


def _save(row: Connection, versions: list[Version], draft: Draft) -> ResponseReturnValue:
    if not draft.reason.strip():
        said = _("Say why, for the history: nothing is saved without a reason.")
        draft = replace(draft, problems={"reason": {"": [ours(said)]}})
        return _tried(row, versions, draft, status=400)
    try:
        saving = draft.saving(g.principal.name)
        saved = mappings.save(runtime(), row.name, draft.document, saving)
    except Overtaken as refused:
        draft = replace(draft, base=refused.version, wrong=_overtaken(refused))
        return _shown(row, _held(row.name)[1], draft), 409
    except Refused as refused:
        draft = replace(draft, wrong=refused.problems)
        return _shown(row, versions, draft), 400
    return _done(row.name, saved)


def _overtaken(refused: Overtaken) -> tuple[str, ...]:
    again = _("Look at it among the versions below. Saving once more puts yours over it.")
    return (str(refused), ours(again))


def _done(name: str, saved: Saved) -> ResponseReturnValue:
    said = [_("Version %(number)s of the mapping is in use.", number=saved.version)]
    said += [_n("%(num)s link is counted by it.", "%(num)s links are counted by it.", saved.links)]
    if saved.waiting:
        said.append(_n("%(num)s link waits until the tracker was read again.",
                       "%(num)s links wait until the tracker was read again.",
                       saved.waiting))  # fmt: skip
    if saved.not_retold:
        said.append(_n("%(num)s link has no past that can be told anew.",
                       "%(num)s links have no past that can be told anew.",
                       saved.not_retold))  # fmt: skip
    once.tell(f"fields/{name}", said=" ".join(said))
    return redirect(url_for("fields.page", name=name), 303)


def _tried(
    row: Connection, versions: list[Version], draft: Draft, *, status: int = 200
) -> ResponseReturnValue:
    """The editor with what saving would do."""
    try:
        found = preview.preview_mapping(runtime(), row.name, draft.document)
    except Refused as refused:
        draft = replace(draft, wrong=refused.problems)
        return _shown(row, versions, draft), 400
    with runtime().store.read() as session:
        told = effects.told(session, found)
    return _shown(row, versions, draft, told=told), status


def _shown(row: Connection, versions: list[Version], draft: Draft, **more: Any) -> str:
    there = offered.offered(runtime(), row.name)
    return render_template(
        "fields/page.html",
        row=row,
        spec=runtime().tracker(row.tracker).spec,
        draft=draft,
        rows=rows(draft.part, there),
        offered=there,
        versions=paged(_changes(versions), "versions", 10),
        newest=versions[0] if versions else None,
        words=wording,
        **{"told": None, "said": "", "problem": "", "begun": False, **more},
    )


def _version(
    row: Connection, versions: list[Version], number: int, *, problems: Any = (), **more: Any
) -> str:
    one = _one(versions, number)
    before = next((each.body for each in versions if each.version == number - 1), {})
    return render_template(
        "fields/version.html",
        row=row,
        one=one,
        newest=versions[0],
        text=drafts.as_text(one.body),
        changed=mappings.differences(before, one.body),
        differs=mappings.differences(versions[0].body, one.body),
        problems=problems,
        **{"told": None, "draft": drafts.of(versions), **more},
    )


def _changes(versions: list[Version]) -> list[tuple[Version, tuple[str, ...]]]:
    """Each version, newest first, with the names of what it changed."""
    before = [*(each.body for each in versions[1:]), {}]
    pairs = zip(versions, before, strict=False)
    return [
        (each, tuple(found.name for found in mappings.differences(old, each.body)))
        for each, old in pairs
    ]


def _held(name: str) -> tuple[Connection, list[Version]]:
    """A connection with the versions of its mapping; 404 where there is none, or no tracker."""
    with runtime().store.read() as session:
        try:
            row = connections.find(session, name)
            runtime().tracker(row.tracker)
        except Refused:
            lead_on(name)
        return row, mappings.versions(session, name)


def _one(versions: list[Version], number: int) -> Version:
    found = next((each for each in versions if each.version == number), None)
    return found if found is not None else abort(404)
