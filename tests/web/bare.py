"""English in templates and views that nobody marked as a message."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

from web.language.known import SAID
from web.language.patterns import bare
from web.language.sentences import of_source

MARKS = frozenset({"_", "_n", "_p", "lazy", "gettext", "ngettext", "pgettext"})
NO_WORDS = frozenset(
    """Worklift Jira GitHub PLAT acme api KR worklift okr JQL CSV PDF pem https http com github
    WORKLIFT_PUBLIC_URL OWNER REPO key Esc YAML yaml min max rc Enter Ctrl
    link unlink why plan apply admin Key Result unused""".split()
)
"""Names, and what is typed as it stands, in whatever language."""
READ = frozenset({"title", "alt", "placeholder", "aria-label", "data-label"})
_WORD = re.compile(r"(?<![&\w./:@#%=-])[A-Za-z][a-z’]+(?![\w./:@#;=-])")
_WORDS = re.compile(r"[A-Za-z][a-z]+,? [a-z]{2,}")
NO_TEXT = frozenset(
    {
        "(plain http needs --allow-private)",  # replaced on the page, by what follows
        "(plain http needs the tick below)",
        "if that is meant (--allow-private)",
        "by the tick below if that is meant",
        "the token is empty: put it into the variable named by --token-env",
        "nobody has this password",
        "out of sight",  # what a field begins with
        "pull requests",  # a key of choices
        "serving a key result",  # heads of columns for spreadsheets, here and below
        "serving none",
        "the proposed mapping",  # names a document in its problems
    }
)
_OF_MARKUP = re.compile(r"=|^[a-z]+(-[a-z]+)+ |(?<=[a-z])-[a-z]+$")
"""Attributes and names of classes."""
_ENV = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
_ENV.newstyle_gettext = True


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._apart = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._apart += tag in {"code", "pre", "kbd"}
        self.found += [value for name, value in attrs if name in READ and value]

    def handle_endtag(self, tag: str) -> None:
        self._apart -= tag in {"code", "pre", "kbd"}

    def handle_data(self, data: str) -> None:
        if not self._apart:
            self.found.append(data)


def of_template(source: str) -> list[str]:
    """What a template says in English by itself: between tags, to hear, and as values."""
    tree = _ENV.parse(source)
    reader = _Text()
    reader.feed("".join(_flow(tree)))
    reader.close()
    said = [
        " ".join(text.replace("\0", " ").split())
        for text in reader.found
        if _words(text) and "=" not in text
    ]
    return [*said, *_constants(tree)]


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word not in NO_WORDS]


def _flow(node: nodes.Node) -> Iterator[str]:
    """A template as it is written, with what expressions may put in their places."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData):
            yield child.data
        elif isinstance(child, nodes.Output):
            yield from _flow(child)
        elif isinstance(child, nodes.Expr):
            if isinstance(node, nodes.Output):
                yield " ".join(_choices(child)) or "\0"
        else:
            yield from _flow(child)


def _choices(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from _choices(node.expr1)
        if node.expr2 is not None:
            yield from _choices(node.expr2)
    elif isinstance(node, nodes.Or | nodes.Add):
        yield from _choices(node.left)
        yield from _choices(node.right)
    elif isinstance(node, nodes.Concat):
        for each in node.nodes:
            yield from _choices(each)


def _constants(tree: nodes.Node) -> Iterator[str]:
    """Sentences among values, and the English plural."""
    for child in tree.iter_child_nodes():
        if isinstance(child, nodes.Call) and isinstance(child.node, nodes.Name):
            if child.node.name in MARKS:
                for each in child.kwargs:
                    yield from _constants(each)
                continue
            if child.node.name == "plural":
                yield f"plural() in line {child.lineno} knows English only: use ngettext"
        if isinstance(child, nodes.Const) and isinstance(child.value, str):
            if _is_read(child.value):
                yield child.value
        elif not isinstance(child, nodes.TemplateData | nodes.Compare | nodes.Test):
            yield from _constants(child)


def _is_read(text: str) -> bool:
    return bool(_WORDS.search(text)) and not _OF_MARKUP.search(text) and text not in NO_TEXT


def of_views(file: Path) -> tuple[str, ...]:
    """Sentences that Python makes without marking them."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = of_source(ast.unparse(_Unmarked().visit(tree)))
    said = NO_TEXT | set(SAID)
    return tuple(
        each for each in found if each not in said and bare(each) not in said and "=" not in each
    )


class _Unmarked(ast.NodeTransformer):
    """Takes away what is marked, and what is only said to those who run Worklift."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name in MARKS or name in {"error", "info", "warning"}:
            kept = [keyword.value for keyword in node.keywords]
            return ast.Tuple([self.visit(each) for each in kept], ast.Load())
        return self.generic_visit(node)
