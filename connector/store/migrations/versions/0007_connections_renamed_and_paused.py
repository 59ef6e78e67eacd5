"""Connections that are renamed keep what they were called, and admins may have them left alone."""

import sqlalchemy as sa
from alembic import op

from connector.store.base import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _pausing()
    _renaming()


def _pausing() -> None:
    """Since when, by whom and why a connection is left alone."""
    op.add_column("connection", sa.Column("paused_at", Instant(), nullable=True))
    op.add_column("connection", sa.Column("paused_by", sa.String(), nullable=True))
    op.add_column("connection", sa.Column("paused_why", sa.String(), nullable=True))


def _renaming() -> None:
    """What connections were called before."""
    op.create_table(
        "former_name",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name=op.f("fk_former_name_connection_id_connection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_former_name")),
    )


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup made before upgrading")
