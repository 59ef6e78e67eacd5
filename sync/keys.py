"""The primary keys of rows that are about to be inserted."""

from collections.abc import Sequence

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from connector.store.base import Base


def next_ids(session: Session, table: type[Base], number: int) -> Sequence[int]:
    """Those of so many rows, inside a write: nobody else gets them."""
    session.flush()
    key, connection = inspect(table).primary_key[0], session.connection()
    if connection.dialect.name == "sqlite":  # whoever writes is alone
        newest = connection.scalar(select(func.max(key))) or 0
        return range(newest + 1, newest + 1 + number)
    sequence = func.pg_get_serial_sequence(key.table.name, key.name)
    drawn = select(func.nextval(sequence)).select_from(func.generate_series(1, number))
    return list(connection.execute(drawn).scalars())
