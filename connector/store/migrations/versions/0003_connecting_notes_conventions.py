"""connecting, notes, conventions."""

import sqlalchemy as sa
from alembic import op

from connector.store.base import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("who", sa.String(length=80), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("cipher", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("mark", name=op.f("uq_agreement_mark")),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("wanted", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("wanted_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_hash", sa.String(length=64), nullable=True),
        sa.Column("remote_id", sa.String(length=255), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name=op.f("fk_note_connection_id_connection"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_note_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint(
            "item_id", "kind", "subject", name=op.f("uq_note_item_id_kind_subject")
        ),
    )
    op.create_index(
        "ix_note_connection_id_due_at", "note", ["connection_id", "due_at"], unique=False
    )

    op.add_column("connection", sa.Column("grant_cipher", sa.LargeBinary(), nullable=True))
    op.add_column("connection", sa.Column("token_until", Instant(), nullable=True))
    op.add_column("connection", sa.Column("budget", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("connection", sa.Column("registered", sa.JSON(none_as_null=True), nullable=True))
    op.add_column(
        "connection", sa.Column("write_back", sa.JSON(), server_default="[]", nullable=False)
    )
    op.add_column("connection", sa.Column("notes_after", Instant(), nullable=True))
    op.add_column(
        "connection",
        sa.Column("notes_failures", sa.Integer(), server_default="0", nullable=False),
    )

    op.add_column(
        "hint", sa.Column("gone", sa.Boolean(), server_default=sa.false(), nullable=False)
    )

    op.add_column("item", sa.Column("mentions", sa.JSON(), server_default="[]", nullable=False))
    op.drop_index("ix_item_parent_key", table_name="item")
    op.create_index(
        "ix_item_parent_key",
        "item",
        ["connection_id", "parent_key"],
        unique=False,
        sqlite_where=sa.text("parent_id IS NULL"),
        postgresql_where=sa.text("parent_id IS NULL"),
    )
    if op.get_bind().dialect.name == "sqlite":
        _tags_by_their_key()

    op.add_column(
        "link", sa.Column("origin", sa.String(length=16), server_default="plan", nullable=False)
    )
    op.add_column("link", sa.Column("ended_by", sa.String(), nullable=True))
    op.add_column("link", sa.Column("write_back", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("link", sa.Column("notes_at", Instant(), nullable=True))
    op.create_index("ix_link_notes_at", "link", ["notes_at"], unique=False)

    op.add_column("link", sa.Column("root_id", sa.String(length=255), nullable=True))
    op.add_column("link", sa.Column("root_key", sa.String(), nullable=True))

    op.add_column(
        "source", sa.Column("lists_seq", sa.Integer(), server_default="0", nullable=False)
    )


def _tags_by_their_key() -> None:
    """Keep the tags of items in the order of their key, without rows beside it."""
    op.rename_table("item_tag", "item_tag_before")
    op.drop_index("ix_item_tag_item_id", table_name="item_tag_before")
    op.create_table(
        "item_tag",
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_item_tag_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tag", "item_id", name=op.f("pk_item_tag")),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO item_tag SELECT tag, item_id FROM item_tag_before")
    op.drop_table("item_tag_before")
    op.create_index("ix_item_tag_item_id", "item_tag", ["item_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup made before upgrading")
