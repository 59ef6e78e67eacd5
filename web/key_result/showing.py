"""A key result's page put together: the number, what it stands on, and what was said of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import abort, g
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from connector.errors import Refused
from connector.explained import ContributionReport, Explanation, LinkExplanation
from connector.outlook import Outlook
from connector.report import CycleReport, TeamReport
from sync.reports.aside import aside
from sync.reports.check_ins import CheckInReport, check_ins
from sync.reports.explain import explained
from sync.reports.ground import Asked, Ground, ground
from sync.reports.made import Made
from sync.reports.outlook import looked_ahead
from web import access, charts, cycles, live, moments, once, purpose, tree, words
from web.broken import broken_of
from web.current import runtime
from web.key_result import forms, said, stories
from web.key_result.thread import thread
from web.language import _
from web.links import measures, unlinked
from web.paging import Paged, paged


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key result is found."""

    cycle: str
    team: str
    key: str

    @property
    def name(self) -> str:
        """What words told once on its page go by."""
        return f"key-result/{self.cycle}/{self.key}"


@dataclass(frozen=True, slots=True)
class Said:
    """The forms of the page as they were typed, and whether people may use them."""

    word: forms.Typed = forms.NOTHING
    instead: forms.Typed = forms.NOTHING

    @property
    def is_wrong(self) -> bool:
        """Whether one of them was refused, so that the page must keep what was typed."""
        return bool(self.word.problems or self.instead.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was read for one page."""

    report: CycleReport
    then: CycleReport
    owner: TeamReport
    explained: Explanation
    outlook: Outlook
    check_ins: tuple[CheckInReport, ...]
    kept: said.Kept
    beside: Mapping[str, Any] = field(default_factory=dict)


def show(place: Place, typed: Said = Said()) -> Response:
    """The page; 404 for what is not there, 400 where a form was refused."""
    asked = moments.asked()
    seen = _read(place, asked)
    told = "" if typed.is_wrong else once.told(place.name).get("said", "")
    answer = live.page(
        "key_result/page.html",
        live=asked is None and not typed.is_wrong,
        report=seen.report,
        team=seen.owner,
        above=tree.ancestors(seen.report, place.team),
        explained=seen.explained,
        at_moment=asked,
        purpose=purpose.steps(seen.report, seen.explained.objective),
        besides=purpose.besides(seen.report, seen.explained.objective),
        links=[(each, _page_of(each)) for each in seen.explained.links],
        told=told,
        counted=measures.counted,
        typed=typed,
        **_open(place, seen, is_open=asked is None and seen.report.state != "closed"),
        waits=seen.kept.waits,
        is_retired=seen.kept.is_retired,
        **seen.beside,
        **_drawn(seen.explained, seen.outlook),
        **_moved(seen),
    )
    if typed.is_wrong:
        answer.status_code = 400
    return answer


def explanation(session: Session, place: Place, asked: datetime | None) -> Explanation:
    """Why it is this number, now or then; 404 where nothing was written down."""
    return _explained(session, place, _ground(session, place, asked))


def _ground(
    session: Session, place: Place, asked: datetime | None, made: Made | None = None
) -> Ground:
    when = Asked(now=g.now, settings=runtime().settings, at=asked, made=made)
    try:
        return ground(session, place.cycle, place.key, when)
    except Refused:
        not_yet = _("Nothing was written down under this address yet at that time.")
        abort(404, not_yet if asked else None)


def _explained(session: Session, place: Place, stood: Ground) -> Explanation:
    found = explained(session, stood)
    if found.team != place.team or not _is_seen(session, place, stood):
        abort(404)
    return access.sight().blurred(found)


def _is_seen(session: Session, place: Place, stood: Ground) -> bool:
    """Whether it is shown: what of a past day is depends on what its objective is now."""
    if stood.found.is_past:
        return access.sees_objective(session, place.cycle, stood.objective.key, place.team)
    return access.sees_state(place.team, stood.objective.state, stood.found.cycle.state)


def _open(place: Place, seen: Seen, *, is_open: bool) -> dict[str, Any]:
    """What whoever is signed in may do with it; of a past day, or a closed cycle, nothing."""
    may_edit, may_check_in = False, False
    if is_open:
        may_edit, may_check_in = access.may_edit_and_check_in(place.cycle, place.key)
    is_open = is_open and not seen.kept.is_retired
    bare = is_open and may_edit and not seen.explained.links
    return {
        "may_check_in": may_check_in and is_open,
        "may_edit": may_edit and is_open,
        "may_restore": may_edit and seen.kept.is_retired,
        "suggestions": unlinked.suggested(place.cycle, place.key) if bare else (),
    }


def _read(place: Place, asked: datetime | None) -> Seen:
    with runtime().store.read() as session:
        made, report = cycles.made_or_404(session, place.cycle)
        owner = cycles.team_or_404(report, place.team)
        stood = _ground(session, place, asked, made)
        explained = _explained(session, place, stood)
        ids = [each.link.id for each in explained.links if access.sight().sees_link(each.link.id)]
        astray = () if asked else broken_of(session, report)
        return Seen(
            report=report,
            then=cycles.report_or_404(session, place.cycle, asked) if asked else report,
            owner=owner,
            explained=explained,
            outlook=access.sight().blurred(looked_ahead(stood)),
            check_ins=check_ins(session, stood.row.id, at=asked),
            kept=said.kept(stood.row),
            beside={
                "broken": [each for each in astray if each.key == place.key],
                "aside": {} if asked or not stood.where.aside else aside(session, ids),
            },
        )


def _drawn(explained: Explanation, outlook: Outlook) -> dict[str, Any]:
    """The charts, and the same as rows."""
    kr, zone = explained.key_result, runtime().settings.zone
    of = next((link.measure.get("share", "") for link in kr.links), "")
    moved = stories.happened(stories.moves(explained.links), "moves")
    before = stories.happened(stories.before(explained.links), "past")
    return {
        "outlook": outlook,
        "way": charts.way(outlook, kr, zone),
        "amounts": charts.amounts(outlook, zone, words.size(of)),
        "stirs": charts.stirs(outlook, [*moved, *before], zone),
        "days": charts.days(outlook, kr, zone),
        "ahead": charts.ahead(outlook, zone),
    }


def _moved(seen: Seen) -> dict[str, Any]:
    """What moved it, what was said, and what it stands on."""
    links, key = seen.explained.links, seen.explained.key_result.key
    return {
        "moves": paged(stories.moves(links), "moves", stories.SHOWN),
        "past": paged(stories.before(links), "past", stories.SHOWN),
        "beginnings": stories.beginnings(links),
        "week": stories.week(links, seen.explained.at),
        "since_read": stories.sums(links),
        "since_begun": stories.sums(links, rebuilt=True),
        "thread": paged(thread(seen.check_ins, seen.explained.changes), "said", 10),
        "supporters": purpose.supporters(seen.then, {key}),
    }


def _page_of(explained: LinkExplanation) -> Paged[ContributionReport]:
    return paged(stories.by_key(explained.contributions), f"items{explained.link.id}")
