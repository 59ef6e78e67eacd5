"""Many rows told to a statement as a few parameters: a list of them costs more to put together
than to look up."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, bindparam, func, select, tuple_
from sqlalchemy.orm import Session


def rows(
    session: Session, columns: Sequence[Any], wanted: Collection[Sequence[Any]]
) -> ColumnElement[bool]:
    """Whether columns together hold one of these rows, none of which lacks a value."""
    if session.get_bind().dialect.name == "sqlite":
        told = func.json_each(bindparam(None, json.dumps(list(wanted)))).table_valued("value")
        parts = [func.json_extract(told.c.value, f"$[{n}]") for n in range(len(columns))]
        return tuple_(*columns).in_(select(*parts))
    arrays = (
        bindparam(None, [row[n] for row in wanted], ARRAY(column.type))
        for n, column in enumerate(columns)
    )
    names = (f"value_{n}" for n in range(len(columns)))
    told = func.unnest(*arrays).table_valued(*names).render_derived()
    return tuple_(*columns).in_(select(*told.c))
