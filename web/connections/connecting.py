"""Connecting a tracker on a page: a form, its test, and what the test found."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from connector.errors import Refused, TrackerError, Unfit
from connector.store.tables import Connection
from integrations.tracker import Spec
from sync import agreements, connections
from sync.agreements import Wanted
from sync.connecting import addresses, browsed
from sync.connections import Connected
from web import once
from web.connections import fields as forming
from web.connections.sentences import ours
from web.connections.showing import to_connected
from web.connections.unfit import at_fields, taken, told_where
from web.current import runtime
from web.language import _
from web.security import let_forms_go


def choose() -> str:
    """Which tracker, and in which way."""
    specs = [tracker.spec for tracker in runtime().trackers.values()]
    doors = {spec.key: forming.ways(spec) for spec in specs}
    return render_template("connections/choose.html", specs=specs, doors=doors)


def form(tracker: str) -> ResponseReturnValue:
    """The form of one tracker and way; posted, it tests and connects."""
    if tracker not in runtime().trackers:
        abort(404)
    spec = runtime().tracker(tracker).spec
    way = request.values.get("way", "token")
    if way not in forming.ways(spec):
        abort(404)
    known = _known(request.values.get("name", "").strip())
    if request.method == "GET":
        held = known if known and known.tracker == spec.key else None
        given = forming.given_of(held) if held else {}
        return _shown(spec, way, given, held=held)
    given = request.form.to_dict()
    if known and (known.tracker != spec.key or "change" not in given):
        problems = {"name": [taken(known)]}
        return _shown(spec, way, given, held=None, problems=problems, taken=known), 400
    return _posted(spec, way, given, known)


def _posted(
    spec: Spec, way: str, given: dict[str, str], held: Connection | None
) -> ResponseReturnValue:
    empty = forming.empty(spec, way, given, held)
    if empty:
        return _shown(spec, way, given, held=held, problems=empty), 400
    where = "auth_server" if way == "consent" else "url"
    try:
        if way == "consent" and not _is_ready(spec, given):
            return _sign_in(spec, given)
        url = given.get(where, "").strip() or spec.home
        if held and "elsewhere" not in given and _is_elsewhere(held, url):
            said = _("This is another site than %(url)s: tick below that it is meant", url=held.url)
            problems = {where: [ours(said)]}
            return _shown(spec, way, given, held=held, problems=problems, elsewhere=True), 400
        if way == "consent":
            return _by_app(spec, given, held)
        return _connect(spec, given, held)
    except Refused as error:
        told = at_fields(error, where)
        return _shown(spec, way, given, held=held, problems=told), 400


def _is_elsewhere(held: Connection, url: str) -> bool:
    """Whether an address is not that of the site a connection reads; a gateway is told apart by
    nobody before it was asked, so it counts as elsewhere."""
    return not addresses(held.url, browsed(held.url, held.options)) & addresses(url.strip(), None)


def refilled(wanted: Wanted, sentence: str) -> ResponseReturnValue:
    """The form of a sign-in that was refused, as it was typed but for the secret."""
    spec = runtime().tracker(wanted.tracker).spec
    known = _known(wanted.name)
    held = known if known and known.tracker == spec.key else None
    typed = forming.typed_of(wanted)
    return _shown(spec, "consent", typed, held=held, problems=_lost(sentence)), 400


def redirect_url() -> str:
    """The address people come back to after signing in at a tracker."""
    return f"{_home()}{url_for('connections.back')}"


def _home() -> str:
    return runtime().settings.public_url or request.url_root.rstrip("/")


def _connect(spec: Spec, given: dict[str, str], held: Connection | None) -> ResponseReturnValue:
    wanted = forming.request_of(spec, given)
    if wanted.token is None and held is None:
        raise Unfit("token", ours(_("fill this in")))
    made: Connected = connections.connect(runtime(), wanted, keep=False)
    if made.saved:
        return to_connected(made)
    return _shown(spec, "token", given, held=held, problems=_lost(made.error or "")), 422


def _is_ready(spec: Spec, given: dict[str, str]) -> bool:
    """Whether an application is filled in that nobody has to agree to any more."""
    return "app" in spec.capabilities and any(
        given.get(each, "").strip() for each in ("client_id", "client_secret")
    )


def _by_app(spec: Spec, given: dict[str, str], held: Connection | None) -> ResponseReturnValue:
    try:
        made = agreements.directly(runtime(), forming.wanted_of(spec, given, redirect_url()))
        if made.saved:
            return to_connected(made)
        said = made.error or ""
    except TrackerError as error:
        said = str(error)
    return _shown(spec, "consent", given, held=held, problems=_lost(said)), 422


def _lost(said: str) -> dict[str, list[str]]:
    """What the tracker answered, which is of no field, and what became of the form."""
    return {"": [said, ours(_("Nothing was saved."))]}


def _sign_in(spec: Spec, given: dict[str, str]) -> ResponseReturnValue:
    wanted, words = forming.wanted_of(spec, given, redirect_url()), {"tracker": spec.key}
    if "app" in spec.capabilities:
        form = agreements.propose(runtime(), wanted, _home(), once.who())
        once.tell("leave", **words, name=wanted.name, address=form.address, sent=dict(form.fields))
    else:
        address = agreements.begin(runtime(), wanted, once.who())
        once.tell("leave", **words, name=wanted.name, address=address)
    return redirect(url_for("connections.leave"), 303)


def leave() -> ResponseReturnValue:
    """Where a person signs in, by a link; or sends our application, by the one form that may lead
    to the tracker (form-action)."""
    words = once.told("leave", again=True)
    if not words:
        return redirect(url_for("connections.choose"), 303)
    spec = runtime().tracker(words.pop("tracker")).spec
    if "sent" in words:
        let_forms_go(words["address"])
    return render_template("connections/leave.html", spec=spec, **words)


def _known(name: str) -> Connection | None:
    """The connection of that name, of any tracker."""
    query = select(Connection).where(Connection.name == name, Connection.ended_at.is_(None))
    with runtime().store.read() as session:
        return session.scalars(query).first()


def _shown(
    spec: Spec,
    way: str,
    given: dict[str, str],
    *,
    held: Connection | None,
    problems: Mapping[str, Sequence[str]] | None = None,
    **more: Any,
) -> str:
    shown = list(forming.fields(spec, way, given, held))
    labels = {each.name: each.label for each in shown if not each.fixed}
    return render_template(
        "connections/form.html",
        spec=spec,
        way=way,
        doors=forming.ways(spec),
        held=held,
        fields=shown,
        labels=labels,
        private="allow_private" in given,
        writing="writing" in given,
        redirect=redirect_url(),
        problems=told_where(problems or {}, labels),
        given=given,
        **more,
    )
