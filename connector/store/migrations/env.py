"""Alembic's entry: runs on the connection that ``connector.store.migrate`` opened."""

from alembic import context

from connector.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
