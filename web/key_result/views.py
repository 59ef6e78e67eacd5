"""Key result: why is it this number? And what people say of it."""

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from connector.errors import Refused
from sync import retrying
from sync.retrying import Wanted
from web import access, moments, once, sheet
from web.current import runtime
from web.key_result import export, saying, showing
from web.key_result.showing import Place, Said
from web.language import _n
from web.words import sentence

blueprint = Blueprint("key_result", __name__, template_folder="templates")
PATH = "/<cycle>/<team>/<key>"


@blueprint.get(PATH)
def page(cycle: str, team: str, key: str) -> Response:
    """The number, its links, the items behind them and what moved it; ``?at=`` shows a past day."""
    return showing.show(Place(cycle, team, key))


@blueprint.get(f"{PATH}.csv")
def items(cycle: str, team: str, key: str) -> Response:
    """The items behind the number as a file, also of a past day."""
    place, asked = Place(cycle, team, key), moments.asked()
    with runtime().store.read() as session:
        found = showing.explanation(session, place, asked)
    day = f"-{asked:%Y-%m-%d}" if asked else ""
    return sheet.download(f"{cycle}-{key}{day}", export.HEAD, export.rows(found))


@blueprint.post(f"{PATH}/check-in")
def check_in(cycle: str, team: str, key: str) -> ResponseReturnValue:
    """Keep a check-in."""
    place = Place(cycle, team, key)
    typed, told = saying.check_in(place)
    return showing.show(place, Said(word=typed)) if typed.problems else _back(place, told)


@blueprint.post(f"{PATH}/override")
def override(cycle: str, team: str, key: str) -> ResponseReturnValue:
    """Put a value over the computed one."""
    place = Place(cycle, team, key)
    typed, told = saying.override(place)
    return showing.show(place, Said(instead=typed)) if typed.problems else _back(place, told)


@blueprint.post(f"{PATH}/override/end")
def end_override(cycle: str, team: str, key: str) -> ResponseReturnValue:
    """Let the computed value show again."""
    place = Place(cycle, team, key)
    return _back(place, saying.end_override(place))


@blueprint.post(f"{PATH}/retry")
def retry(cycle: str, team: str, key: str) -> ResponseReturnValue:
    """Have an item that was set aside tried again."""
    place = Place(cycle, team, key)
    with runtime().store.read() as session:
        showing.explanation(session, place, None)
    wanted = Wanted(request.form.get("connection", ""), request.form.get("item", ""))
    if not wanted.item:
        abort(400)
    if not access.sight().sees_named(wanted.connection):
        abort(404)
    try:
        number = retrying.retry(runtime(), wanted)
        told = _n(
            "%(num)s item will be tried again by the next look.",
            "%(num)s items will be tried again by the next look.",
            number,
        )
    except Refused as refused:
        told = sentence(str(refused))
    return _back(place, told)


def _back(place: Place, told: str) -> Response:
    once.tell(place.name, said=told)
    url = url_for("key_result.page", cycle=place.cycle, team=place.team, key=place.key)
    return redirect(url, 303)
