"""The kinds of notes that Jira's issues carry."""

from collections.abc import Sequence

from connector import notes
from connector.notes import Body, Teller, Told
from integrations.tracker import Noting


def _remote_link(several: Sequence[Told], teller: Teller) -> Body:
    return notes.remote_link(several[0], teller)


def _property(several: Sequence[Told], _teller: Teller) -> Body:
    return notes.property_value(several)


NOTES = (
    Noting(
        kind="epic",
        label="a remote link on the issue that the scope names",
        note="remote_link",
        on="named",
        text=_remote_link,
        apart=True,
    ),
    Noting(
        kind="issues",
        label="a remote link on every item that the link counts",
        note="remote_link",
        on="counted",
        text=_remote_link,
        leading=notes.remote_link_at,
        apart=True,
    ),
    Noting(
        kind="comment",
        label="one comment on the issue that the scope names, edited in place",
        note="comment",
        on="named",
        text=notes.comment,
        leading=notes.comment_at,
    ),
    Noting(
        kind="property",
        label="an issue property for programs on the issue that the scope names",
        note="property",
        on="named",
        text=_property,
    ),
)
