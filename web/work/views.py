"""My work and the work of a team, by the key result it serves; the page of one work item."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask import session as kept
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import sight
from connector.store.tables import Membership, Person, Team
from sync import reports
from sync.people import claims
from sync.reports.eyes import Eyes
from sync.reports.facts import Facts
from sync.reports.items import Ambiguous, SetAside, Unknown
from sync.reports.why import why
from sync.reports.working import Asked, Frame, Working, working
from web import access, live, words
from web.current import runtime
from web.paging import Paged, url_with
from web.trouble import Trouble
from web.work import places, steps, who
from web.work.closing import closing, gain

SIZE = 50
blueprint = Blueprint("work", __name__, template_folder="templates")


@blueprint.app_context_processor
def _known() -> dict[str, Any]:
    return {"item_url": places.item_url, "size_words": words.SIZES}


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong with what somebody said of themselves, at its field, and what they typed."""

    tracker: str
    sentence: str
    typed: str


@blueprint.get("/my-work")
def mine() -> ResponseReturnValue:
    """What whoever is signed in works on; whom nobody knows yet says who they are."""
    return my_page()


def my_page(problem: Problem | None = None) -> ResponseReturnValue:
    """The same, with what was wrong."""
    with runtime().store.read() as session:
        me = who.me(session)
        mine = claims.claims(session, g.principal.user_id, hidden=access.sight().hidden)
        waiting = len(claims.claims(session)) if g.principal.role == "admin" else 0
        if me is None:
            more = who.strangers(session, mine)
            return live.page(
                "work/stranger.html", live=False, waiting=waiting, problem=problem, **more
            )
        found = _working(session, [me.person])
        shown = {
            "me": me,
            "problem": problem,
            "waiting": waiting,
            "led": who.teams_led(session, me),
            "missing": who.missing(session, me, found.trackers, mine),
        }
    return _show("work/mine.html", found, shown)


@blueprint.get("/team-work/<team>")
def team(team: str) -> ResponseReturnValue:
    """What a team and those below it work on; who leads it may look."""
    if not access.may_edit_team(team):
        abort(404)
    with runtime().store.read() as session:
        here = session.scalars(select(Team).where(Team.key == team)).one_or_none()
        if here is None:
            abort(404)
        people = _people_of(session, here)
        found = _working(session, people)
        today = g.now.astimezone(runtime().settings.zone).date()
        shown = {
            "team": here,
            "cycle": reports.current_cycle(session, today),
            "people": len(people),
        }
    return _show("work/team.html", found, shown)


@blueprint.get("/item/<tracker>/<path:key>")
def item(tracker: str, key: str) -> ResponseReturnValue:
    """Why somebody works on it: what the item serves, and what closing it would change."""
    name = f"{tracker}:{key}"
    try:
        with runtime().store.read() as session:
            found = why(session, name, _frame(), _eyes())
    except Ambiguous as several:
        ways = [(each, _way(each)) for each in several.names]
        return render_template("work/several.html", key=key, meant=ways), 300
    except SetAside as aside:
        return render_template("work/aside.html", key=key, sentence=str(aside))
    except Unknown:
        return render_template("work/unknown.html", key=key), 404
    now_called = places.written(found.serves.item.key)
    if now_called != key and now_called != places.written(key):
        return redirect(url_for(".item", tracker=tracker, key=now_called))
    return live.page(
        "work/item.html",
        why=access.sight().blurred(found),
        steps=steps,
        closing=closing,
        gain=gain,
        label=who.label(found.serves.item.tracker),
    )


def _way(name: str) -> str:
    """The page of ``jira@eu:PLAT-43``."""
    place, _, key = name.partition(":")
    return url_for(".item", tracker=place, key=places.written(key))


def _working(session: Session, people: Collection[int]) -> Working:
    first = SIZE * (max(1, request.args.get("page", 1, type=int)) - 1)
    asked = Asked(persons=people, first=first, size=SIZE, eyes=_eyes())
    return working(session, asked, _frame())


def _eyes() -> Eyes:
    return Eyes(access.sight().hidden, access.drafts_of())


def _frame() -> Frame:
    running = runtime()
    return Frame(now=g.now, settings=running.settings, trackers=running.trackers)


def _show(template: str, found: Working, shown: dict[str, Any]) -> ResponseReturnValue:
    pages = max(1, -(-found.total // SIZE))
    number = max(1, request.args.get("page", 1, type=int))
    if number > pages:
        return redirect(url_with(page=pages))
    rows = [row for group in found.groups for row in group.rows]
    quiet = shown.get("problem") is None and "_flashes" not in kept
    return live.page(
        template,
        live=quiet,  # what is told once stays until the page is asked for anew
        found=access.sight().blurred(found),
        page=Paged(rows, found.total, SIZE * (number - 1), number, pages, "page"),
        steps=steps,
        closing=closing,
        url_of=places.url_of,
        troubles=_troubles(found),
        **shown,
    )


def _troubles(found: Working) -> tuple[Trouble, ...]:
    """The connections of these items that bring no news."""
    failed: dict[str, list[Facts]] = defaultdict(list)
    for group in found.groups:
        for row in group.rows:
            if row.facts.error:
                failed[row.item.connection].append(row.facts)
    return tuple(
        Trouble(
            connection=name,
            what=name,
            sentences=tuple(dict.fromkeys(each.error for each in several)),
            looked_at=min((each.as_of for each in several if each.as_of), default=None),
        )
        for name, several in failed.items()
    )


def _people_of(session: Session, team: Team) -> list[int]:
    """Everybody in a team or one below it."""
    tree = {row.id: row.parent_id for row in session.execute(select(Team.id, Team.parent_id))}
    query = (
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.team_id.in_(sight.below([team.id], tree)), ~Person.retired)
        .distinct()
    )
    return list(session.scalars(query))
