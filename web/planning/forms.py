"""A form as it was typed: shown from what is stored, read, and made into an entry of a plan."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from werkzeug.datastructures import MultiDict

from connector.plans import Entry, Record, defaults
from connector.plans.objects import entry
from connector.plans.problems import Misfit, Place, Problems
from connector.plans.tree import Node, Pairs
from sync.planning import editing
from web.planning.fields import KEY, Field, Form
from web.planning.inputs import Typed, scalar, single

_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Read:
    """What was typed by field, what stood there when the form was made, and of which version (of
    something new: of the keys that were taken).

    ``problems`` are sentences by field, under "" those of the whole form.
    """

    typed: Mapping[str, Typed]
    was: Mapping[str, Typed] = field(default_factory=dict)
    version: str = editing.NEW
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def changed(self) -> frozenset[str]:
        """The fields that were changed."""
        return frozenset(name for name, text in self.typed.items() if text != self.was.get(name))

    @property
    def state(self) -> str:
        """What stood in the fields when the form was made, as the form carries it."""
        return json.dumps(dict(self.was), separators=(",", ":"))


def blank(form: Form, **proposed: Typed) -> Read:
    """The form of a new object, with some fields proposed."""
    standing = values(form, defaults(form.kind))
    return Read({**standing, **proposed}, standing, _known(form))


def shown(form: Form, record: Record) -> Read:
    """The form of what is stored."""
    standing = values(form, record)
    return Read(standing, standing, editing.version(record))


def values(form: Form, record: Record) -> dict[str, Typed]:
    """What stands in the fields for a record."""
    return {each.name: _even(each.of(record)) for each in form.fields}


def read(form: Form, given: MultiDict[str, str]) -> Read:
    """What was typed; a new object's key may be made of its name."""
    typed = {each.name: _typed(each, given) for each in form.fields}
    if form.is_new and form.named_by and not typed.get(KEY):
        typed[KEY] = key_for(single(typed[form.named_by]), form)
    if form.is_new:  # nothing was there before, whatever the form carries
        return Read(typed, values(form, defaults(form.kind)), given.get("version", "")[:64])
    return Read(typed, _was(form, given.get("was", "")), given.get("version", "")[:64])


def key_of(form: Form, read: Read) -> str:
    """The key of the object."""
    return form.key if form.key is not None else single(read.typed[KEY]).strip()


def key_made(form: Form, read: Read) -> str:
    """The first key that is made of the name typed, where the key was made of it and others were
    taken since the form was shown; else ""."""
    name = single(read.typed[form.named_by]) if form.named_by else ""
    is_made = key_of(form, read) == key_for(name, form)
    is_later = read.version not in {editing.NEW, _known(form)}
    return key_for(name, replace(form, taken=frozenset())) if is_made and is_later else ""


def key_for(name: str, form: Form) -> str:
    """A free key made of a name; "" for no name."""
    if not name.strip():
        return ""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50] or form.kind.replace("_", "-")
    tries = (base if number == 1 else f"{base}-{number}" for number in range(1, 10_000))
    return next(each for each in tries if each not in form.taken)


def entry_of(form: Form, read: Read) -> Entry:
    """What was changed as an entry of a plan; raises ``Misfit``. Each field is a line."""
    problems = Problems(editing.FORM)
    key = key_of(form, read)
    nodes = Pairs(tuple(_pairs(form, read, key)), 0)
    place = Place(problems, key)
    made = entry(form.kind, nodes, place, form.accounts)
    _refuse(problems, form, key)
    lines = {each.name.partition(".")[0]: form.line(each.name) for each in reversed(form.fields)}
    fields = dict(made.fields)
    if form.objective is not None:
        fields["objective"] = form.objective
    return replace(made, key=key, cycle=form.cycle, fields=fields, lines={**lines, **made.lines})


def _known(form: Form) -> str:
    """What tells, of a form of something new, whether anything was made since it was shown."""
    return sha256("\n".join(sorted(form.taken)).encode()).hexdigest()[:16]


def _refuse(problems: Problems, form: Form, key: str) -> None:
    """Raise ``Misfit``; a key that is made of a name is not missed beside the name."""
    try:
        problems.refuse()
    except Misfit as misfit:
        needed = [
            each
            for each in misfit.found
            if key or not form.named_by or form.named(each.line) != KEY
        ]
        raise Misfit(needed or misfit.found, *misfit.problems) from None


def by_field(form: Form, problems: Sequence[Any]) -> dict[str, list[str]]:
    """The problems of a plan by the field they are told at."""
    found: dict[str, list[str]] = {}
    for each in problems:
        found.setdefault(form.named(each.line), []).append(each.sentence)
    return found


def _pairs(form: Form, read: Read, key: str) -> Iterator[tuple[Any, Node]]:
    """The object as a plan file would have it: what was changed, and what a new one needs."""
    if form.kind != "scoring":
        line = form.line(KEY) if form.is_new else 0
        yield scalar(KEY, line), scalar(key, line)
    groups: dict[str, list[Field]] = {}
    for each in form.fields:
        if each.name != KEY:
            groups.setdefault(each.name.partition(".")[0], []).append(each)
    for name, group in groups.items():
        needed = form.is_new and any(each.required for each in group)
        if needed or not read.changed.isdisjoint(each.name for each in group):
            line = form.line(group[0].name)
            yield scalar(name, line), _node(form, group, read)


def _node(form: Form, group: Sequence[Field], read: Read) -> Node:
    """One field, or those within another all together."""
    nodes = [each.input.node(read.typed[each.name], form.line(each.name)) for each in group]
    if "." not in group[0].name:
        return nodes[0]
    lines = [form.line(each.name) for each in group]
    names = [each.name.partition(".")[2] for each in group]
    pairs = zip((scalar(n, at) for n, at in zip(names, lines, strict=True)), nodes, strict=True)
    return Pairs(tuple(pairs), lines[0])


def _typed(each: Field, given: MultiDict[str, str]) -> Typed:
    if each.input.several:
        return _even([text.strip() for text in given.getlist(each.name)])
    default = "false" if each.input.macro == "tick" else ""
    return _even(given.get(each.name, default))


def _even(typed: Typed) -> Typed:
    """Typed alike by every browser: line ends, blanks around it, no empty members."""
    if isinstance(typed, str):
        return "\n".join(typed[:_LONGEST].splitlines()).strip()
    return [each for each in typed if each]


def _was(form: Form, text: str) -> dict[str, Typed]:
    """What the form carries of how it was made; what is not that is left out."""
    try:
        found = json.loads(text[:_LONGEST]) if text else {}
    except json.JSONDecodeError:
        found = {}
    known = found if isinstance(found, dict) else {}
    return {each.name: known[each.name] for each in form.fields if each.name in known}
