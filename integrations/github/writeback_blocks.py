"""Our lines in the description of a milestone, between two marks; the rest is people's."""

import re

from connector.errors import Declined, Gone
from connector.work import Ref
from integrations.github.client import GitHubClient
from integrations.github.marks import Marks, marks, signed, theirs
from integrations.github.writeback_ours import still_linked
from integrations.github.writeback_refusals import Unheard, identifier, milestone_of
from integrations.kit.answers import Moved
from integrations.tracker import Note

_ANOTHER = "another milestone has this number now, so nothing is written on it"
_APART = "\n\n"


def put(client: GitHubClient, ref: Ref, note: Note, remote_id: str | None) -> str:
    """Have the description hold these lines; returns the id of the milestone."""
    found = _read(client, ref, note, remote_id)
    _write(client, ref, found, placed(_text(found), note.marker, str(note.body["text"])))
    return identifier(found)


def remove(client: GitHubClient, ref: Ref, note: Note, remote_id: str | None) -> None:
    """Have the description hold what people wrote, and nothing else."""
    found = _read(client, ref, note, remote_id)
    _write(client, ref, found, without(_text(found), note.marker))


def placed(text: str, marker: str, lines: str) -> str:
    """A text with our lines where they stand, else at its end; the same text where they do.

    What people wrote between our marks comes to stand after them.
    """
    ours = marks(marker)
    found = next(ours.whole.finditer(text), None)
    written = f"{lines}\n{signed(lines)}"
    if found is None:
        rest = ours.bare(text)
        begin = f"{rest}{_APART}{ours.begin}" if rest else ours.alone
        return f"{begin}\n{written}\n{ours.end}"
    begin = ours.alone if found["block"].startswith(ours.alone) else ours.begin
    block = f"{begin}\n{written}\n{ours.end}"
    # Who edits the text in a browser gets other line ends: those of ours say the same, and so does
    # what an earlier version of ours wrote.
    said = found["block"].replace("\r\n", "\n")
    same = said in {block, f"{begin}\n{lines}\n{ours.end}"}
    words = "" if same else theirs(ours.inner(found["block"]))
    before, after = text[: found.start("block")], text[found.end() :]
    rest = ours.bare(_cleared(ours, after))
    kept = f"{_APART}{words}" if words else ""
    return f"{ours.bare(before)}{found['block'] if same else block}{kept}{rest}"


def without(text: str, marker: str) -> str:
    """A text without our lines, as people wrote it."""
    ours = marks(marker)
    return ours.bare(_cleared(ours, text))


def _cleared(ours: Marks, text: str) -> str:
    """A text with what people wrote between our marks in the place of our lines."""

    def left(found: re.Match[str]) -> str:
        words = theirs(ours.inner(found["block"]))
        return f"{text[found.start() : found.start('block')]}{words}" if words else ""

    return ours.whole.sub(left, text)


def _read(client: GitHubClient, ref: Ref, note: Note, remote_id: str | None) -> dict[str, object]:
    place, number = milestone_of(ref)
    found = client.get(f"/repos/{place}/milestones/{number}").object()
    if remote_id is None:
        still_linked(client, place, note)
    elif identifier(found) != remote_id:
        raise Declined(f"{ref.key}: {_ANOTHER}.", final=True)
    return found


def _write(client: GitHubClient, ref: Ref, found: dict[str, object], text: str) -> None:
    """GitHub takes no condition: what was read a moment ago is what is written over."""
    if text == _text(found):
        return
    place, number = milestone_of(ref)
    try:
        client.call("PATCH", f"/repos/{place}/milestones/{number}", json={"description": text})
    except Moved:
        raise
    except Gone as error:
        raise Unheard(str(error)) from error


def _text(found: dict[str, object]) -> str:
    text = found.get("description")
    return text if isinstance(text, str) else ""
