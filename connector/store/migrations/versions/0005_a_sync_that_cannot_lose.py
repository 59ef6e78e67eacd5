"""A sync that cannot lose, double or lie: what is counted, audited and read carefully."""

import sqlalchemy as sa
from alembic import op

from connector.store.base import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _receiving()
    _failing()
    _seeing()
    _telling()


def _receiving() -> None:
    """Deliveries counted by kind, and hints found by their item."""
    op.create_table(
        "delivery_count",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name=op.f("fk_delivery_count_connection_id_connection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection_id", "kind", name=op.f("pk_delivery_count")),
    )
    once = "SELECT max(id) FROM hint GROUP BY source_id, COALESCE(external_id, key)"
    op.execute(f"DELETE FROM hint WHERE id NOT IN ({once})")
    item = ["source_id", "external_id"]
    op.create_index("ix_hint_source_id_external_id", "hint", item, unique=True)
    none = sa.text("external_id IS NULL")
    op.create_index(
        "ix_hint_source_id_key",
        "hint",
        ["source_id", "key"],
        unique=True,
        sqlite_where=none,
        postgresql_where=none,
    )


def _seeing() -> None:
    """Figures of sources, their audits, and items that are set aside and tried again."""
    for name in ("deaths", "drains", "calls", "items_read", "repaired"):
        op.add_column("source", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.add_column("source", sa.Column("care", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("source", sa.Column("audited_at", Instant(), nullable=True))
    op.add_column("source", sa.Column("audit", sa.JSON(none_as_null=True), nullable=True))
    op.add_column(
        "unreadable_item", sa.Column("attempts", sa.Integer(), server_default="1", nullable=False)
    )
    for name, length in (("version", 32), ("stamp", 64)):
        column = sa.Column(name, sa.String(length=length), server_default="", nullable=False)
        op.add_column("unreadable_item", column)


def _telling() -> None:
    """What the past of a link was told from."""
    op.add_column("link", sa.Column("told_from", sa.String(length=64), nullable=True))


def _failing() -> None:
    """What kind of error it was, whether a tracker answers, and webhooks entered by hand."""
    for table in ("connection", "source"):
        op.add_column(table, sa.Column("error_kind", sa.String(length=16), nullable=True))
    unanswered = sa.Column("unanswered", sa.Integer(), server_default="0", nullable=False)
    op.add_column("connection", unanswered)
    op.add_column("connection", sa.Column("rests_until", Instant(), nullable=True))
    op.add_column("connection", sa.Column("watched", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup made before upgrading")
