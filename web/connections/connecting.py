"""Connecting a tracker on a page: a form, its test, and what the test found."""

from flask import abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from connector.errors import Refused
from connector.store.tables import Connection
from integrations.tracker import Spec
from sync import agreements, connections
from sync.connections import Connected
from web.connections import fields as forming
from web.connections.showing import connected_page
from web.current import runtime


def choose() -> str:
    """Which tracker, and in which way."""
    specs = [tracker.spec for tracker in runtime().trackers.values()]
    ways = {spec.key: forming.ways(spec) for spec in specs}
    return render_template("connections/choose.html", specs=specs, ways=ways)


def form(tracker: str) -> ResponseReturnValue:
    """The form of one tracker and way; posted, it tests and connects."""
    if tracker not in runtime().trackers:
        abort(404)
    spec = runtime().tracker(tracker).spec
    way = request.values.get("way", "token")
    if way not in forming.ways(spec):
        abort(404)
    held = _held(spec, request.values.get("name", "").strip())
    if request.method == "GET":
        given = forming.given_of(held) if held else {}
        return _shown(spec, way, given, held=held)
    given = request.form.to_dict()
    try:
        forming.refuse_empty(spec, way, given, held)
        return _sign_in(spec, given) if way == "consent" else _connect(spec, given, held)
    except Refused as error:
        return _shown(spec, way, given, held=held, problems=error.problems), 400


def redirect_url() -> str:
    """The address people come back to after signing in at a tracker."""
    base = runtime().settings.public_url or request.url_root.rstrip("/")
    return f"{base}{url_for('connections.back')}"


def _connect(spec: Spec, given: dict[str, str], held: Connection | None) -> ResponseReturnValue:
    wanted = forming.request_of(spec, given)
    if wanted.token is None and held is None:
        raise Refused("Token: fill this in")
    made: Connected = connections.connect(runtime(), wanted, keep=False)
    if made.saved:
        return connected_page(made)
    problems = (made.error or "", "Nothing was saved. The token is not kept in the form.")
    return _shown(spec, "token", given, held=held, problems=problems), 422


def _sign_in(spec: Spec, given: dict[str, str]) -> ResponseReturnValue:
    wanted = forming.wanted_of(spec, given, redirect_url())
    address = agreements.begin(runtime(), wanted, who())
    # A form may not lead to another site (form-action), so a person follows a link.
    return render_template("connections/leave.html", spec=spec, address=address, name=wanted.name)


def who() -> str:
    """Whom a sign-in under way belongs to."""
    return f"user/{g.principal.user_id}"


def _held(spec: Spec, name: str) -> Connection | None:
    query = select(Connection).where(
        Connection.name == name, Connection.tracker == spec.key, Connection.ended_at.is_(None)
    )
    with runtime().store.read() as session:
        return session.scalars(query).first()


def _shown(
    spec: Spec,
    way: str,
    given: dict[str, str],
    *,
    held: Connection | None,
    problems: tuple[str, ...] = (),
) -> str:
    return render_template(
        "connections/form.html",
        spec=spec,
        way=way,
        ways=forming.ways(spec),
        held=held,
        fields=list(forming.fields(spec, way, given, held)),
        private="allow_private" in given,
        writing="writing" in given,
        redirect=redirect_url(),
        problems=problems,
    )
