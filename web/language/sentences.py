"""Sentences that lower layers make in English, found in their source.

A sentence with values, such as ``f"{repo} has no milestone {title}"``, becomes a message with
placeholders: ``%(repo)s has no milestone %(title)s``.
"""

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

LAYERS: Final = ("connector", "sync", "integrations")
NOT_SHOWN: Final = frozenset(
    {
        "connector/notes.py",  # what is written into trackers stays in one language
        "connector/notes_answers.py",
        "connector/notes_markdown.py",
        "connector/settings.py",  # told where Worklift is started
        "integrations/github/cards.py",  # queries and patterns from here on
        "integrations/github/commands.py",
        "integrations/github/consent.py",
        "integrations/github/guessing.py",
        "integrations/github/locate.py",
        "integrations/github/marks.py",
        "integrations/github/nodes.py",
        "integrations/github/seeking_parts.py",
        "integrations/github/sweeping.py",
        "integrations/jira/query.py",
        "integrations/jira/profile.py",
        "integrations/jira/refs.py",
        "integrations/jira/roadmaps.py",
        "integrations/kit/mentions.py",
        "integrations/tracker/witness.py",
        "sync/children.py",  # told on the command line or in logs only, from here on
        "sync/doctor.py",
        "sync/outages.py",
        "sync/replay.py",
        "sync/retelling.py",
        "sync/runtime.py",
        "sync/supervise.py",
        "sync/worker.py",
        "sync/worker_log.py",
        "sync/audit.py",
    }
)
NO_SENTENCES: Final = frozenset(
    {
        "abuse detection",  # what answers of trackers are searched for, from here on
        "admin rights",
        "forbids access via",
        "https://api.atlassian.com/ex/jira/<cloud id>",
        "integration not found",
        "not accessible",
        "not accessible by",
        "rate limit",
        "worklift webhook kept %(secret)s",
    }
)
APART: Final = ("connector/store/", "integrations/simulators/", "sync/inbox/")
_WORD: Final = re.compile(r"(?<![\w%])[A-Za-z][a-z’']+(?![\w(])")
_PLACE: Final = re.compile(r"%\(\w+\)s")
_GAP: Final = re.compile(r"\{(\w*)\}")
_NO_SENTENCE: Final = re.compile(
    r"[{}\\]|\$\w|\n|\| None|\b(SELECT|UPDATE|IS NULL|ORDER BY|PRAGMA|BEGIN|LOCAL|SET)\b"
    r"|^\w+\[|^is:|is not EMPTY|^user:|in:title|--change"
    r"|^project (=|in) |^issuetype in| in \(%|^/okr"
)


def sentences(root: Path) -> Iterator[tuple[str, str]]:
    """(file, message) of every sentence that pages may show, in the order of the files."""
    for layer in LAYERS:
        for file in sorted((root / layer).rglob("*.py")):
            name = file.relative_to(root).as_posix()
            if name not in NOT_SHOWN and not name.startswith(APART):
                for message in of_source(file.read_text(encoding="utf-8")):
                    yield name, message


def of_source(text: str) -> tuple[str, ...]:
    """The sentences that one file makes, each once."""
    tree = ast.parse(text)
    apart = set(_apart(tree))
    found: dict[str, None] = {}
    for node in _outermost(tree, apart):
        message = _message(node)
        if message is not None and _is_sentence(message):
            found[message.strip()] = None
    return tuple(found)


def _outermost(node: ast.AST, apart: set[ast.AST]) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if child in apart:
            continue
        if _is_text(child):
            yield child
            yield from _inside(child, apart)
        else:
            yield from _outermost(child, apart)


def _inside(node: ast.AST, apart: set[ast.AST]) -> Iterator[ast.AST]:
    """Texts within the values of a text, such as either side of a condition."""
    for child in ast.walk(node):
        if isinstance(child, ast.FormattedValue):
            yield from _outermost(child, apart)


def _apart(tree: ast.AST) -> Iterator[ast.AST]:
    """Texts nobody reads: docstrings, what is compared or taken apart, and notes on types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.Compare):
            yield from (node.left, *node.comparators)
        elif isinstance(node, ast.Call):
            yield from _called(node)
        elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation


def _called(call: ast.Call) -> Iterator[ast.AST]:
    function = call.func
    if isinstance(function, ast.Attribute) and function.attr == "split":
        yield function.value
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in {"compile", "cast", "text", "attrgetter", "getLogger", "execute", "startswith"}:
        yield from call.args
    if name in {"info", "warning", "debug", "exception"}:
        yield from call.args


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        or (isinstance(node, ast.BinOp) and _message(node) is not None)
    )


def _message(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _gaps_as_places(node.value)
    if isinstance(node, ast.JoinedStr):
        return _with_places(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        both = _message(node.left), _message(node.right)
        return None if None in both else f"{both[0]}{both[1]}"
    return None


def _gaps_as_places(text: str) -> str:
    """A text with gaps to be filled later: ``{}`` and ``{name}``."""
    number = itertools.count(1)
    return _GAP.sub(lambda gap: f"%({gap[1] or f'value{next(number)}'})s", text)


def _with_places(text: ast.JoinedStr) -> str:
    made, used = "", set[str]()
    for part in text.values:
        if isinstance(part, ast.FormattedValue):
            name = place = _name(part.value)
            number = 1
            while place in used:
                number += 1
                place = f"{name}{number}"
            used.add(place)
            made += f"%({place})s"
        elif isinstance(part, ast.Constant):
            made += str(part.value)
    return made


def _name(node: ast.AST) -> str:
    """A short name for a value, from how it is written."""
    if isinstance(node, ast.Name):
        return node.id.strip("_")
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_")
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"rstrip", "isoformat"}:
            return _name(node.func.value)
        return _name(node.args[0]) if node.args else _name(node.func)
    if isinstance(node, ast.Subscript | ast.Await | ast.Starred):
        return _name(node.value)
    return "value"


def _is_sentence(message: str) -> bool:
    """Whether people read it: several words, and no query, pattern or list of names."""
    if message in NO_SENTENCES or _NO_SENTENCE.search(message):
        return False
    plain = _PLACE.sub("", message)
    return len(_WORD.findall(plain)) >= 2 and " " in plain.strip()
