"""What a form of objectives and key results does: look what it would change, or save it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from connector.errors import Refused
from connector.plans import Entry
from connector.plans.problems import Misfit
from sync.planning.trial import Shift, trial
from web.current import runtime
from web.language import _
from web.planning import forms, pages, saving
from web.planning.fields import Form
from web.planning.forms import Read
from web.planning.saving import Saved


@dataclass(frozen=True, slots=True)
class Looked:
    """A form with what saving it would make of the scores; ``shifts`` None where nobody asked."""

    read: Read
    shifts: tuple[Shift, ...] | None = None


def look(form: Form, read: Read, *shown: tuple[str, str]) -> Looked:
    """What saving a form would make of the scores, or its problems."""
    try:
        return Looked(read, effect(forms.entry_of(form, read), *shown))
    except Misfit as misfit:
        return Looked(replace(read, problems=_placed(form, forms.by_field(form, misfit.found))))
    except Refused as refused:
        return Looked(replace(read, problems={"": refused.problems}))


def effect(entry: Entry, *shown: tuple[str, str]) -> tuple[Shift, ...]:
    """What one change would make of the scores of its cycle."""
    return trial(runtime(), [entry], shown=shown)


def save(
    form: Form, read: Read, *, then: Callable[[Saved], tuple[str, str]]
) -> ResponseReturnValue | Looked:
    """Save a form and go on to where ``then`` says, or give it back with its problems."""
    found = saving.save(form, read, author=pages.author())
    if isinstance(found, Read):
        return Looked(replace(found, problems=_placed(form, found.problems)))
    said, url = then(found)
    flash(said)
    if found.also:
        names = ", ".join(str(each.label) for each in found.also)
        flash(_("Somebody else changed this meanwhile, and it stays so: %(names)s.", names=names))
    return redirect(url, 303)


def _placed(form: Form, problems: object) -> dict[str, Sequence[str]]:
    """What is said of a support belongs to the field of supports."""
    found = dict(problems)  # type: ignore[call-overload]
    names = {each.name for each in form.fields}
    whole = found.pop("", ())
    of_supports = [each for each in whole if each.startswith("supports") and "supports" in names]
    if of_supports:
        found["supports"] = [*found.get("supports", ()), *of_supports]
    rest = [each for each in whole if each not in of_supports]
    return {**found, **({"": rest} if rest else {})}
