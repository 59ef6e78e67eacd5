"""GitHub, complete: notes on milestones, what names key results beside items, renamed places."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Each part of the milestone in a function of its own."""


def downgrade() -> None:
    raise NotImplementedError("the way back is a backup")
