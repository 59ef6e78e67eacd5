"""Saves a form as a person: by the rules of plan files, and never over what others saved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from connector.errors import Refused
from connector.plans.problems import Misfit
from sync.planning import editing
from sync.planning.editing import Meanwhile
from web.current import runtime
from web.language import _
from web.planning import forms
from web.planning.fields import KEY, Field, Form
from web.planning.forms import Read
from web.planning.inputs import Typed

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved under which key and name; ``also`` are the fields others changed meanwhile."""

    key: str
    action: str
    also: Sequence[Field] = ()
    name: str = ""


def save(form: Form, read: Read, *, author: str) -> Saved | Read:
    """Save what was changed, or the form again with every problem at its field."""
    if form.is_new and (same := _same_again(form, read)):
        return same
    also: list[Field] = []
    for _attempt in range(_TRIES):
        try:
            return _saved(form, read, author, also)
        except Meanwhile as met:
            now = forms.values(form, met.record)
            moved = [each for each in form.fields if now[each.name] != read.was.get(each.name)]
            clashing = [each for each in moved if _clashes(each, read, now)]
            read = _followed(read, now, met)
            if clashing:
                who = met.author or _("somebody")
                return replace(read, problems={e.name: [_told(e, now, who)] for e in clashing})
            also = [*also, *moved]
        except Misfit as misfit:
            return replace(read, problems=forms.by_field(form, misfit.found))
        except Refused as refused:
            return replace(read, problems={"": refused.problems})
    return replace(read, problems={"": [_("Others are changing this just now; save again.")]})


def _saved(form: Form, read: Read, author: str, also: Sequence[Field]) -> Saved:
    entry = forms.entry_of(form, read)
    seen = {entry.identity: editing.NEW if form.is_new else read.version}
    applied = editing.change(runtime(), [entry], author=author, seen=seen)
    action = "created" if applied.created else "updated" if applied.updated else "unchanged"
    return Saved(entry.key, action, also, _called(read, entry.key))


def _same_again(form: Form, read: Read) -> Saved | None:
    """What the very same form made already: it was sent twice, or once more from the way back."""
    typed = forms.key_of(form, read)
    made = forms.key_made(form, read)
    for key in dict.fromkeys((typed, made)):
        with runtime().store.read() as session:
            record = editing.held(session, form.kind, key, form.cycle) if key else None
        if record is None or (form.objective or "") != (record.get("objective") or ""):
            continue
        stands = forms.values(form, record)
        if all(stands[name] == text for name, text in read.typed.items() if name != KEY):
            return Saved(key, "unchanged", (), _called(read, key))
    return None


def _called(read: Read, key: str) -> str:
    return str(read.typed.get("name") or read.typed.get("title") or key)


def _clashes(each: Field, read: Read, now: dict[str, Typed]) -> bool:
    """Whether the same field was changed here and elsewhere, to something else."""
    return each.name in read.changed and read.typed[each.name] != now[each.name]


def _followed(read: Read, now: dict[str, Typed], met: Meanwhile) -> Read:
    """The form made anew: what was typed stays, the rest is what is stored now."""
    typed = {**now, **{name: read.typed[name] for name in read.changed}}
    return Read(typed, now, editing.version(met.record))


def _told(each: Field, now: dict[str, Typed], who: str) -> str:
    text = now[each.name]
    words = dict(each.choices)
    parts = [text] if isinstance(text, str) else text
    shown = ", ".join(str(words.get(part, part)) for part in parts) or _("nothing")
    return _(
        "%(who)s changed this to “%(now)s” meanwhile; save again to put yours in its place",
        who=who,
        now=shown,
    )
