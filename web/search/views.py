"""Search: whatever goes by a key or some words, grouped."""

from typing import Any, cast, get_args

from flask import Blueprint, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connector.okr import Cycle
from sync import reports
from sync.reports.searching import Hit, Kind, Wanted, search
from web import access
from web.current import runtime
from web.language import lazy
from web.work.places import item_url

HEADINGS = {
    "key_results": lazy("Key results"),
    "objectives": lazy("Objectives"),
    "items": lazy("Work items"),
    "teams": lazy("Teams"),
    "people": lazy("People"),
}
blueprint = Blueprint("search", __name__, template_folder="templates")


@blueprint.get("/search")
def page() -> ResponseReturnValue:
    """What ``?q=`` finds; ``?in=`` shows one kind alone, a portion (``?page=``) at a time."""
    text, portion = request.args.get("q", ""), max(1, request.args.get("page", 1, type=int))
    kind = request.args.get("in") or None
    if kind is not None and kind not in get_args(Kind):
        abort(404)
    wanted = Wanted(
        text=text,
        kind=cast("Kind | None", kind),
        portion=min(portion, 1000) - 1,
        hidden=access.sight().hidden,
        drafts=access.drafts_of(),
    )
    today = g.now.astimezone(runtime().settings.zone).date()
    with runtime().store.read() as session:
        found = search(session, wanted)
        cycle = reports.current_cycle(session, today, drafts=access.drafts_of() != frozenset())
    return render_template(
        "search/page.html", found=found, wanted=wanted, headings=HEADINGS, **_addresses(cycle)
    )


def _addresses(cycle: Cycle | None) -> dict[str, Any]:
    """How what was found is reached."""

    def url_of(hit: Hit) -> str | None:
        if hit.kind == "items":
            return item_url(hit.tracker, hit.key, hit.connection)
        if hit.kind in {"objectives", "key_results"}:
            return url_for("key_result.page", cycle=hit.cycle, team=hit.team, key=hit.key)
        return team_url(hit.key) if hit.kind == "teams" else None

    def team_url(key: str) -> str | None:
        return url_for("team.page", cycle=cycle.key, team=key) if cycle else None

    return {"hit_url": url_of, "team_url": team_url}
