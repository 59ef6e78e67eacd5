"""What people say of a key result, done: check-ins, overrides, and what each did to the score."""

from collections.abc import Callable

from flask import g, request

from connector.errors import Refused
from connector.report import KeyResultReport
from sync import reports, said
from sync.said import Subject
from web import access, words
from web.current import runtime
from web.key_result import forms
from web.key_result.forms import Typed
from web.key_result.showing import Place, explanation
from web.language import _


def check_in(place: Place) -> tuple[Typed, str]:
    """Keep what was typed; the form with its problems, or what it did."""
    access.refuse(access.why_not_check_in(place.cycle, place.key))
    before = _standing(place)
    typed, word = forms.word(request.form, before.unit)
    if typed.problems:
        return typed, ""
    return _done(place, typed, (before, lambda: said.check_in(runtime(), _subject(place), word)))


def override(place: Place) -> tuple[Typed, str]:
    """Put a value over the computed one; the form with its problems, or what it did."""
    before = _may_override(place)
    typed, given = forms.instead(request.form, before.unit)
    if typed.problems:
        return typed, ""

    def put() -> None:
        subject = _subject(place)
        said.override(runtime(), subject, given.value, reason=given.reason, until=given.until)

    return _done(place, typed, (before, put))


def end_override(place: Place) -> str:
    """End it; what that did, or why it could not be."""
    before = _may_override(place)
    end = (before, lambda: said.end_override(runtime(), _subject(place)))
    typed, told = _done(place, Typed(), end)
    return told or words.sentence(typed.problems.get("form", ""))


def _may_override(place: Place) -> KeyResultReport:
    access.refuse(access.why_not_edit_key_result(place.cycle, place.key))
    return _standing(place)


def _standing(place: Place) -> KeyResultReport:
    """The key result as it stands; 404 under another team."""
    with runtime().store.read() as session:
        return explanation(session, place, None).key_result


def _done(
    place: Place, typed: Typed, act: tuple[KeyResultReport, Callable[[], None]]
) -> tuple[Typed, str]:
    before, do = act
    try:
        do()
    except Refused as refused:
        return forms.refused(typed, refused), ""
    with runtime().store.read() as session:
        settings = runtime().settings
        now = reports.explanation(session, place.cycle, place.key, runtime().clock(), settings)
    return typed, _effect(before, now.key_result)


def _effect(before: KeyResultReport, after: KeyResultReport) -> str:
    """What became of the score, and that a computed value stays."""
    old, new = words.score(before.score), words.score(after.score)
    told = (
        _("Saved. The score stays %(score)s.", score=new)
        if old == new
        else _("Saved. Score %(old)s → %(new)s.", old=old, new=new)
    )
    if after.override is None or after.computed is None:
        return told
    computed = words.number(after.computed, after.unit)
    stays = _("The computed value, %(value)s, stays visible beside it.", value=computed)
    return f"{told} {stays}"


def _subject(place: Place) -> Subject:
    return Subject(place.cycle, place.key, g.principal.name)
