"""JQL as text: tokens and the tree of clauses; refusals in Jira's words."""

import re
from dataclasses import dataclass

from integrations.simulators.jira.state import JiraError

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<sign><=|>=|!=|!~|=|<|>|~|\(|\)|,|&&|\|\||!)
      | (?P<word>cf\[\d+\]|[^\s"'=<>!~(),&|]+)
    )""",
    re.VERBOSE,
)
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=", "~", "!~")


@dataclass(frozen=True)
class Value:
    """One operand; ``call`` holds a function's arguments, None for a plain word."""

    text: str
    quoted: bool = False
    call: tuple[str, ...] | None = None

    @property
    def empty(self) -> bool:
        """Whether it is the keyword EMPTY or NULL."""
        return not self.quoted and self.text.upper() in ("EMPTY", "NULL")


@dataclass(frozen=True)
class Clause:
    """``field operator values``; the operator in lower case."""

    field: str
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Both:
    """All (``and``) or any (``or``) of the parts."""

    word: str
    parts: tuple["Tree", ...]


@dataclass(frozen=True)
class Not:
    """The opposite."""

    part: "Tree"


Tree = Clause | Both | Not


@dataclass(frozen=True)
class Query:
    """A parsed query; ``tree`` is None without any restriction."""

    tree: Tree | None
    order: tuple[tuple[str, bool], ...]
    """(field, descending), first first."""


def parse(text: str) -> Query:
    """Parse JQL; raises a 400 that says where it went wrong."""
    parser = _Parser(_tokens(text))
    tree = None if parser.done or parser.sees("order") else parser.either()
    order = parser.order()
    if not parser.done:
        raise _wrong(f"Expecting either 'OR' or 'AND' but got '{parser.peek.text}'.")
    return Query(tree, order)


def _wrong(message: str) -> JiraError:
    return JiraError(400, f"Error in the JQL Query: {message}")


def _tokens(text: str) -> list[Value]:
    tokens, place = [], 0
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _wrong(f"The character '{text[place]}' at position {place} cannot be read.")
        quoted = match["quoted"]
        word = re.sub(r"\\(.)", r"\1", quoted[1:-1]) if quoted else match["sign"] or match["word"]
        tokens.append(Value(word, quoted is not None))
        place = match.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[Value]) -> None:
        self.tokens, self.place = tokens, 0

    @property
    def done(self) -> bool:
        return self.place >= len(self.tokens)

    @property
    def peek(self) -> Value:
        if self.done:
            raise _wrong("The query ends where a field, an operator or a value was expected.")
        return self.tokens[self.place]

    def sees(self, *words: str) -> bool:
        """Whether the next token is one of these words, unquoted."""
        if self.done:
            return False
        return not self.peek.quoted and self.peek.text.lower() in words

    def take(self) -> Value:
        token = self.peek
        self.place += 1
        return token

    def expect(self, word: str) -> None:
        if not self.sees(word):
            raise _wrong(f"Expecting '{word}' but got '{self.peek.text}'.")
        self.take()

    def either(self) -> Tree:
        parts = [self.all()]
        while self.sees("or", "||"):
            self.take()
            parts.append(self.all())
        return parts[0] if len(parts) == 1 else Both("or", tuple(parts))

    def all(self) -> Tree:
        parts = [self.one()]
        while self.sees("and", "&&"):
            self.take()
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else Both("and", tuple(parts))

    def one(self) -> Tree:
        if self.sees("not", "!"):
            self.take()
            return Not(self.one())
        if self.sees("("):
            self.take()
            inner = self.either()
            self.expect(")")
            return inner
        return self.clause()

    def clause(self) -> Clause:
        field = self.take().text
        if self.done or self.peek.quoted:
            got = "the end" if self.done else self.peek.text
            raise _wrong(
                f"Expecting operator but got '{got}'. The valid operators are '=', '!=', "
                "'<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'."
            )
        operator = self.take().text.lower()
        if operator in ("not", "is") and self.sees("in", "not"):
            operator += f" {self.take().text.lower()}"
        if operator in ("in", "not in"):
            return Clause(field, operator, self.values())
        if operator not in (*COMPARISONS, "is", "is not"):
            raise _wrong(f"Expecting operator but got '{operator}'.")
        return Clause(field, operator, (self.value(),))

    def values(self) -> tuple[Value, ...]:
        if not self.sees("("):
            return (self.value(),)
        self.take()
        values = [self.value()]
        while self.sees(","):
            self.take()
            values.append(self.value())
        self.expect(")")
        return tuple(values)

    def value(self) -> Value:
        token = self.take()
        if not token.quoted and token.text in ("(", ")", ",", *COMPARISONS):
            raise _wrong(f"Expecting a value but got '{token.text}'.")
        if token.quoted or not self.sees("("):
            return token
        self.take()
        arguments = []
        while not self.sees(")"):
            arguments.append(self.take().text)
        self.take()
        return Value(token.text, call=tuple(arguments))

    def order(self) -> tuple[tuple[str, bool], ...]:
        if not self.sees("order"):
            return ()
        self.take()
        self.expect("by")
        keys = [self.order_key()]
        while self.sees(","):
            self.take()
            keys.append(self.order_key())
        if len(keys) > 7:
            raise _wrong("At most 7 fields can be ordered by.")
        return tuple(keys)

    def order_key(self) -> tuple[str, bool]:
        field, down = self.take().text, False
        if self.sees("asc", "desc"):
            down = self.take().text.lower() == "desc"
        return field, down
