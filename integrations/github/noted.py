"""The kinds of notes that GitHub's milestones, issues and pull requests carry."""

from connector import notes_markdown
from connector.errors import Refused
from integrations.github.scopes import milestone
from integrations.tracker import Noting, WritePace

PACE = WritePace(gap=1.0, an_hour=500)
"""GitHub asks for a second between writes, and for no more than 500 texts an hour; at a second
each, no minute holds more than the 80 it bears."""


def _milestone(value: str) -> str | None:
    """The one milestone that a scope names; a title over many repositories names none."""
    try:
        place, number = milestone(value)
    except Refused:
        return None
    return None if place.endswith("/*") else f"{place}/{number}"


NOTES = (
    Noting(
        kind="milestone",
        label="a marked block in the description of the milestone that the scope names",
        note="block",
        on="place",
        text=notes_markdown.block,
        scope="milestone",
        place=_milestone,
    ),
    Noting(
        kind="comment",
        label="one comment on the issue that the scope names, edited in place",
        note="comment",
        on="named",
        text=notes_markdown.comment,
        leading=notes_markdown.comment_at,
        open_only=True,
    ),
    Noting(
        kind="comments",
        label="one such comment on every open issue and pull request that the link counts",
        note="comment",
        on="counted",
        text=notes_markdown.comment,
        leading=notes_markdown.comment_at,
        open_only=True,
    ),
    Noting(
        kind="check",
        label="a neutral check on every open pull request that the link counts (GitHub Apps only)",
        note="check",
        on="pulls",
        text=notes_markdown.check,
        leading=notes_markdown.check_at,
        open_only=True,
        dated=True,
    ),
)
