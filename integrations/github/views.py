"""The filter of a project's view, as addresses of its pages hold it, and ours: each in turn."""

import re

from connector.errors import Refused
from integrations.github.filters import Asked, named, refuse_long

_TERM = re.compile(r'(-?)((?:"[^"]+"|[^\s":]+)):((?:"[^"]*"|[^\s"])+)')
_FOREIGN = frozenset({"is", "assignee", "reason", "label", "type", "parent-issue", "last-updated"})
_COMPARING = re.compile(r"(>=|<=|>|<)(.+)")
_AWAY = re.compile(r"@(?!current$|next$|previous$)")


def ours(words: str) -> str:
    """The filter of a scope that a view's filter is: ``status:"In progress" -priority:P2``.

    Raises ``Refused`` for one that asks for more than fields.
    """
    refuse_long(words)
    found, rest = [], _TERM.sub("", words).strip()
    if rest:
        raise Refused(f"{rest!r} of the view's filter is not about a field")
    for minus, field, values in _TERM.findall(words):
        found.append(_term(field.strip('"'), values, minus=bool(minus)))
    return "&".join(found)


def theirs(asked: tuple[Asked, ...], text: str) -> str:
    """A scope's filter as a view has it; ``text`` is what people wrote behind ``?``."""
    pieces = re.findall(r'(?:[^"&]|"[^"]*")+', text)
    return " ".join(_view(*each) for each in zip(asked, pieces, strict=True))


def _term(field: str, values: str, *, minus: bool) -> str:
    if field in ("no", "has"):
        absent = (field == "no") != minus
        return f"{named(values.strip(chr(34)))}{'=' if absent else '!='}@none"
    compared = _COMPARING.fullmatch(values)
    if field in _FOREIGN or (compared and minus) or any(map(_AWAY.match, values.split(","))):
        raise Refused(f"{field}:{values} of the view's filter has no meaning here")
    if compared:
        return f"{named(field)}{compared[1]}{compared[2]}"
    return f"{named(field)}{'!=' if minus else '='}{values}"


def _view(asked: Asked, piece: str) -> str:
    field = "-".join(asked.field.casefold().split())
    values = piece.partition(asked.operator)[2].strip()
    if values.casefold() == "@none":
        return f"{'no' if asked.operator == '=' else 'has'}:{field}"
    told = ",".join(_quoted(each) for each in re.findall(r'(?:[^",]|"[^"]*")+', values))
    sign = asked.operator if asked.operator not in ("=", "!=") else ""
    return f"{'-' if asked.operator == '!=' else ''}{field}:{sign}{told}"


def _quoted(value: str) -> str:
    value = value.strip()
    return f'"{value}"' if " " in value and not value.startswith('"') else value
