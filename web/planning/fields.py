"""The fields of a form, declared once, and the form of one object made of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from connector.plans import Identity, Kind, Record
from web.planning.inputs import TEXT, Input, Typed

KEY = "key"
"""The field of a new object's key."""
_WRITTEN = frozenset({"text", "area", "email", "number", "day", "pick", "lines", "several"})
"""The ways to type in which a field may stay empty; what is chosen from a list always says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field; ``name`` is the plan file's, with a dot where it stands within another.

    ``choices`` are (value, words); ``value`` takes it out of a record where its name does not. What
    is ``needed`` may not be left empty where it is asked for; what is ``required`` is always asked.
    """

    name: str
    label: Any
    input: Input = TEXT
    hint: Any = ""
    choices: Sequence[tuple[str, Any]] = ()
    required: bool = False
    needed: bool = False
    value: Callable[[Record], Any] | None = None

    @property
    def is_optional(self) -> bool:
        """Whether it may be left empty, and does not say so by what it offers."""
        return self.input.macro in _WRITTEN and not self.required and not self.needed

    def of(self, record: Record) -> Typed:
        """What stands in the field for a record."""
        found = self.value(record) if self.value else record.get(self.name)
        return self.input.shown(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Fields in their order, of whatever is typed."""

    fields: Sequence[Field]

    def field(self, name: str) -> Field:
        """The field of a name."""
        return next(each for each in self.fields if each.name == name)

    def line(self, name: str) -> int:
        """The line that stands for a field in what is said of it."""
        return [each.name for each in self.fields].index(name) + 1

    def named(self, line: int) -> str:
        """The field that a line stands for; "" for the whole form."""
        return self.fields[line - 1].name if 0 < line <= len(self.fields) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Sheet):
    """The form of one object of the plan: a new one without ``key``.

    ``objective`` is that of a key result. A new key that is left empty is made of the field
    ``named_by``, and is none of ``taken``. ``accounts`` are the fields that are accounts at
    trackers.
    """

    kind: Kind
    key: str | None = None
    cycle: str | None = None
    objective: str | None = None
    named_by: str = ""
    taken: frozenset[str] = frozenset()
    accounts: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether it makes an object."""
        return self.key is None

    def identity(self, key: str) -> Identity:
        """What names its object."""
        return (self.kind, self.cycle, key)
