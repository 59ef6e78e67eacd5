"""Text as it is searched: neither case nor accents matter, in Python and in both databases."""

import re
import unicodedata
from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_MARKS = "\u0300-\u036f"
_FIND_MARKS = re.compile(f"[{_MARKS}]")


def fold(text: str | None) -> str:
    """Lower case without accents; what has no case, as Korean, stays findable by any part of it."""
    if text is None:
        return ""
    if text.isascii():
        return text.lower()
    return _FIND_MARKS.sub("", unicodedata.normalize("NFD", text)).lower()


class Folded(FunctionElement[str]):
    """The same of a column, computed by the database.

    PostgreSQL knows the capitals of its locale: in one of ``C`` only Latin letters have some.
    """

    type = String()
    inherit_cache = True


@compiles(Folded, "sqlite")
def _in_sqlite(element: Folded, compiler: SQLCompiler, **options: Any) -> str:
    return f"worklift_fold({compiler.process(element.clauses, **options)})"


@compiles(Folded, "postgresql")
def _in_postgresql(element: Folded, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    bare = f"regexp_replace(normalize({column}, NFD), '[{_MARKS}]', '', 'g')"
    # As in Python, what has nothing beyond ASCII is not taken apart: most of what there is.
    return (
        f"lower(CASE WHEN octet_length({column}) = length({column}) THEN {column} ELSE {bare} END)"
    )
