"""An issue on the boards of projects through its life: when it came, its status, when it left.

GitHub tells of it since November 2025, and of a status by what it was called then; pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from integrations.github.events import Told
from integrations.github.scopes import folded
from integrations.github.story import Shown, Story, Values


def follow(story: Story) -> None:
    """Every board of interest."""
    for board in sorted(story.known.boards):
        _Stand(story, board).follow()


@dataclass(slots=True)
class _Stand:
    """An issue and one board, on the way through what is told of the two."""

    story: Story
    board: str
    member: bool = False
    been: bool = False
    """Whether it was there at any time."""
    status: str = ""

    def follow(self) -> None:
        """Tell what became of it there, ending in how it is."""
        chain = [each for each in self.story.about("board") if each.name == self.board]
        now = self.story.now.boards.get(self.board)
        gaps = len(self.story.gaps)
        if now is not None and self._undated(now):
            return
        for each in self._whole(chain, now):
            if each.reason:
                self._moved(each.at, member=each.reason == "added")
            else:
                self._changed(each)
        if now is None and self.been:
            self._forgotten()
        if self.member != (now is not None):
            self._gap("came into" if now else "left")
        elif now is not None and len(self.story.gaps) == gaps:
            self._ended(folded(now.status or ""))

    def _undated(self, now: Shown) -> bool:
        """Whether something of it there has no dates; then it is said."""
        status = ["a status"] if now.status and not now.dated else []
        what = [*status, *now.numbers]
        if what:
            self.story.gaps.append(
                f"GitHub keeps no dates of changes on the board of project {self.board}, where"
                f" {self.story.item.key} has {' and '.join(what)}."
            )
        return bool(what)

    def _forgotten(self) -> None:
        """Say that numbers it may have had there went with it."""
        mine = f"project:{self.board}/"
        names = sorted(
            each.removeprefix(mine) for each in self.story.known.numbers if each.startswith(mine)
        )
        if names:
            self.story.gaps.append(
                f"GitHub keeps no dates of changes on the board of project {self.board}, which"
                f" {self.story.item.key} has left: its {' and '.join(names)} there are not known."
            )

    def _whole(self, chain: list[Told], now: Shown | None) -> Iterator[Told]:
        """The chain with the last coming, which the board itself dates, where it is not told."""
        last = next((n for n in reversed(range(len(chain))) if chain[n].reason), None)
        known = last is not None and chain[last].reason == "added"
        if now is None or known:
            yield from chain
            return
        came = Told(at=now.added_at, about="board", name=self.board, reason="added")
        first = 0 if last is None else last + 1
        yield from chain[:first]
        yield came
        yield from chain[first:]

    def _moved(self, at: datetime, *, member: bool) -> None:
        if member == self.member:
            return  # a draft that was made an issue is told twice
        before = self._tags()
        self.member, self.been, self.status = member, True, ""
        self.story.change(at, before, self._tags())

    def _changed(self, each: Told) -> None:
        before, after = folded(each.before or ""), folded(each.after or "")
        if not self.member:
            self._gap("came into")
            self.member = self.been = True
        if before != self.status:
            self._renamed(before)
        held = self._tags()
        self.status = after
        self.story.change(each.at, held, self._tags())

    def _ended(self, now: str) -> None:
        if self.status != now:
            self._renamed(now)

    def _renamed(self, name: str) -> None:
        """A status that has another name by now is called so in what was found; any other
        difference is a change that was not told."""
        options = self.story.known.boards[self.board]
        if not self.status or self.status in options or name not in options:
            self._gap(f"got the status {name or 'none'} in" if name else "lost its status in")
            self.status = name
            return
        old, new = self._tag(self.status), self._tag(name)
        for change in self.story.changes:
            for side in (change.before, change.after):
                if old in side.get("tags", ()):
                    side["tags"] = [new if each == old else each for each in side["tags"]]
        self.status = name

    def _tags(self) -> Values:
        whole = [f"project:{self.board}"] if self.member else []
        return {"tags": [*whole, *([self._tag(self.status)] if self.status else [])]}

    def _tag(self, status: str) -> str:
        return f"board:{self.board}/{status}"

    def _gap(self, what: str) -> None:
        self.story.gap(f"{what} project {self.board}")
