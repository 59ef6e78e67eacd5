"""What all templates know: words for values, bars, the time and who is signed in."""

from datetime import datetime
from typing import Any

from flask import Flask, g
from flask_babel import get_locale
from markupsafe import Markup

from connector.notes import plain
from web import words
from web.bars import bar
from web.current import runtime
from web.language import told, told_plainly
from web.navigation import further_ways, main_ways
from web.paging import url_with


def now() -> datetime:
    """The moment of this request."""
    moment: datetime = g.now
    return moment


def when(moment: datetime) -> Markup:
    """How long ago, with the exact time on hover."""
    return _time(moment, words.ago(moment, g.now))


def at(moment: datetime) -> Markup:
    """The time of day or the day, with the exact time on hover."""
    return _time(moment, words.clock(moment, g.now, runtime().settings.zone))


def _time(moment: datetime, text: str) -> Markup:
    exact = words.exact(moment, runtime().settings.zone)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(), exact, text
    )


def is_ageing(moment: datetime | None) -> bool:
    """Whether a reading is old enough to say how old it is."""
    settings = runtime().settings
    return moment is not None and g.now - moment > max(5 * settings.poll, settings.freshness / 24)


FILTERS = (
    words.score,
    words.percent,
    words.number,
    words.signed,
    words.points,
    words.amount,
    words.day,
    words.full_day,
    words.sentence,
    words.web_url,
    plain,
    told,
    told_plainly,
)


def install(app: Flask) -> None:
    """Register filters and globals."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for filter_ in FILTERS:
        app.add_template_filter(filter_)
    for global_ in (
        bar,
        url_with,
        when,
        at,
        now,
        is_ageing,
        words.plural,
        words.span,
        main_ways,
        further_ways,
        get_locale,
    ):
        app.add_template_global(global_)
    app.context_processor(_who)


def _who() -> dict[str, Any]:
    return {
        "principal": g.get("principal"),
        "demo": runtime().settings.demo,
        "health_words": words.HEALTH,
        "move_words": words.MOVES,
        "state_words": words.STATES,
        "limit_kinds": words.LIMITS,
    }
