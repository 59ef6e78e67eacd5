"""mappings, history, overrides, supports."""

import sqlalchemy as sa
from alembic import op

from connector.store.base import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
    )
    op.create_table(
        "mapping_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name=op.f("fk_mapping_version_connection_id_connection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_version")),
        sa.UniqueConstraint(
            "connection_id", "version", name=op.f("uq_mapping_version_connection_id_version")
        ),
    )
    op.create_table(
        "tracker_account",
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email_mark", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connection.id"],
            name=op.f("fk_tracker_account_connection_id_connection"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection_id", "external_id", name=op.f("pk_tracker_account")),
    )
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_watch_source_id_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
    )
    with op.batch_alter_table("watch", schema=None) as batch_op:
        batch_op.create_index("ix_watch_source_id_since", ["source_id", "since"], unique=False)

    op.create_table(
        "item_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_item_event_item_id_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_event")),
    )
    with op.batch_alter_table("item_event", schema=None) as batch_op:
        batch_op.create_index("ix_item_event_item_id_at", ["item_id", "at"], unique=False)

    op.create_table(
        "support",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("target_kind", sa.String(length=16), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["objective_id"],
            ["objective.id"],
            name=op.f("fk_support_objective_id_objective"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support")),
        sa.UniqueConstraint(
            "objective_id",
            "target_kind",
            "target_id",
            name=op.f("uq_support_objective_id_target_kind_target_id"),
        ),
    )
    with op.batch_alter_table("support", schema=None) as batch_op:
        batch_op.create_index("ix_support_target", ["target_kind", "target_id"], unique=False)

    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_result_id", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("blockers", sa.String(), nullable=False),
        sa.Column("confirms", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_result_id"], ["key_result.id"], name=op.f("fk_check_in_key_result_id_key_result")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
    )
    with op.batch_alter_table("check_in", schema=None) as batch_op:
        batch_op.create_index(
            "ix_check_in_key_result_id_made_at", ["key_result_id", "made_at"], unique=False
        )

    op.create_table(
        "override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_result_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["key_result_id"], ["key_result.id"], name=op.f("fk_override_key_result_id_key_result")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override")),
    )
    with op.batch_alter_table("override", schema=None) as batch_op:
        batch_op.create_index(
            "ix_override_key_result_id_ended_at", ["key_result_id", "ended_at"], unique=False
        )

    op.create_table(
        "typed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_result_id", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("pushed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_result_id"], ["key_result.id"], name=op.f("fk_typed_key_result_id_key_result")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_typed")),
    )
    with op.batch_alter_table("typed", schema=None) as batch_op:
        batch_op.create_index(
            "ix_typed_key_result_id_made_at", ["key_result_id", "made_at"], unique=False
        )

    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("origin", sa.String(length=16), nullable=False, server_default="plan")
        )

    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("state", sa.String(length=16), nullable=False, server_default="active")
        )

    with op.batch_alter_table("item", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("place", sa.String(length=255), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("told_at", Instant(), nullable=True))

    with op.batch_alter_table("key_result", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("curve", sa.String(length=16), nullable=False, server_default="linear")
        )
        batch_op.add_column(sa.Column("steps", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(
            sa.Column("guard", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("confirmed_at", Instant(), nullable=True))
        batch_op.add_column(sa.Column("confirmed_by", sa.String(), nullable=True))
        batch_op.add_column(
            sa.Column("progress_from", sa.String(length=16), nullable=False, server_default="links")
        )

    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("history", sa.String(length=16), nullable=False, server_default="wanted")
        )
        batch_op.add_column(sa.Column("history_from", Instant(), nullable=True))
        batch_op.add_column(sa.Column("history_note", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("reapply_from", Instant(), nullable=True))

    with op.batch_alter_table("objective", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("takes", sa.String(length=16), nullable=False, server_default="key_results")
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(length=254), nullable=True))

    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.add_column(sa.Column("subtree_known", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("computed", sa.Double(), nullable=True))
        batch_op.add_column(
            sa.Column("capped", sa.Boolean(), nullable=False, server_default=sa.false())
        )

    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.add_column(sa.Column("past_after", Instant(), nullable=True))

    # What was typed before values were kept one by one.
    op.execute(
        "INSERT INTO typed (key_result_id, made_at, author, value, pushed) "
        "SELECT id, value_at, 'plan', value, false FROM key_result "
        "WHERE value IS NOT NULL AND value_at IS NOT NULL"
    )
    # Not by a batch: that would make the table anew, and with it drop what refers to it.
    op.execute(
        "ALTER TABLE team ADD COLUMN lead_id INTEGER CONSTRAINT fk_team_lead_id_person "
        "REFERENCES person (id)"
    )
    _supports()
    op.execute("ALTER TABLE objective DROP COLUMN supports")


def _supports() -> None:
    """What an objective supported by key becomes a row: objectives first, as it was looked up."""
    for kind in ("objective", "key_result"):
        op.execute(
            "INSERT INTO support (objective_id, target_kind, target_id, weight, position) "
            f"SELECT o.id, '{kind}', t.id, 1.0, 0 FROM objective o JOIN {kind} t "
            "ON t.cycle_id = o.cycle_id AND t.key = o.supports "
            "WHERE NOT EXISTS (SELECT 1 FROM support s WHERE s.objective_id = o.id)"
        )


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup made before upgrading")
