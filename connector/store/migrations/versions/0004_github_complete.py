"""GitHub, complete: notes on milestones, what names key results beside items, renamed places."""

import sqlalchemy as sa
from alembic import op

from connector.store.base import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _namings()
    _notes()
    op.add_column("source", sa.Column("external_id", sa.String(length=64), nullable=True))
    op.add_column("link", sa.Column("today", sa.String(), nullable=True))


def _namings() -> None:
    op.create_table(
        "naming",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(length=64), nullable=True),
        sa.Column("told_at", Instant(), nullable=False),
        sa.Column("ends", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name=op.f("fk_naming_connection_id_connection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_naming")),
        sa.UniqueConstraint(
            "connection_id",
            "kind",
            "value",
            "key",
            name=op.f("uq_naming_connection_id_kind_value_key"),
        ),
    )


def _notes() -> None:
    """A note may be on no item: SQLite copies the table for that, the others change a column."""
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.alter_column("item_id", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column(
            "subject",
            existing_type=sa.String(length=160),
            type_=sa.String(length=320),
            existing_nullable=False,
        )
    none = sa.text("item_id IS NULL")
    op.create_index(
        "ix_note_subject",
        "note",
        ["connection_id", "kind", "subject"],
        unique=True,
        sqlite_where=none,
        postgresql_where=none,
    )


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup made before upgrading")
