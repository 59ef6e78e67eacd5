"""Pages for four kinds of people: what is retired is kept, and left out of what counts now."""

import sqlalchemy as sa
from alembic import op

from connector.store.base import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _retiring()
    _seeing()
    _claiming()
    _speaking()
    _suggesting()
    _trending()


def _retiring() -> None:
    """Teams, people and key results that are no more, and can be brought back."""
    for table in ("team", "person", "key_result"):
        column: sa.Column[bool] = sa.Column(
            "retired", sa.Boolean(), server_default=sa.false(), nullable=False
        )
        op.add_column(table, column)


def _claiming() -> None:
    """What users say of themselves until an admin confirms it."""
    op.create_table(
        "claim",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("tracker", sa.String(length=32), nullable=False),
        sa.Column("wanted", sa.String(length=255), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_claim_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "tracker", name=op.f("pk_claim")),
    )


def _seeing() -> None:
    """Who sees the work items of a connection."""
    op.add_column("connection", sa.Column("seen_by", sa.JSON(none_as_null=True), nullable=True))


def _speaking() -> None:
    """The language that somebody chose for their pages."""
    op.add_column("user", sa.Column("language", sa.String(length=16), nullable=True))


def _suggesting() -> None:
    """Suggested links that somebody said no to."""
    op.create_table(
        "dismissal",
        sa.Column("key_result_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_result_id"],
            ["key_result.id"],
            name=op.f("fk_dismissal_key_result_id_key_result"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key_result_id", "scope", name=op.f("pk_dismissal")),
    )


def _trending() -> None:
    """The score each objective ended a day with, from the scores of now on."""
    days = op.create_table(
        "score_day",
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("rebuilt", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["objective_id"],
            ["objective.id"],
            name=op.f("fk_score_day_objective_id_objective"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("objective_id", "day", name=op.f("pk_score_day")),
    )
    score = sa.table(
        "score",
        sa.column("kind", sa.String),
        sa.column("subject_id", sa.Integer),
        sa.column("score", sa.Double),
        sa.column("computed_at", Instant),
    )
    stored = sa.select(score.c.subject_id, score.c.computed_at, score.c.score)
    held = op.get_bind().execute(stored.where(score.c.kind == "objective")).all()
    rows = [
        {"objective_id": number, "day": at.date(), "at": at, "score": value}
        for number, at, value in held
    ]
    op.bulk_insert(days, rows)
    op.create_table(
        "trend_told",
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("told_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["objective_id"],
            ["objective.id"],
            name=op.f("fk_trend_told_objective_id_objective"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("objective_id", name=op.f("pk_trend_told")),
    )


def downgrade() -> None:
    raise NotImplementedError("there is no way back: restore the backup made before upgrading")
