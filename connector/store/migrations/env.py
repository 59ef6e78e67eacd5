"""Alembic's entry: runs on the connection that ``connector.store.migrate`` opened."""

from typing import Any, Literal

from alembic import context

from connector.store.base import Instant
from connector.store.tables import Base


def render(kind: str, value: object, _context: Any) -> str | Literal[False]:
    """Write our column type by its short name into new migrations."""
    return "Instant()" if kind == "type" and isinstance(value, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
