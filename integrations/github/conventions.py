"""What of a repository names key results: its milestones, its labels, and commands in comments."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from connector.errors import Unavailable
from integrations.github import cursors, lists
from integrations.github.client import GitHubClient
from integrations.github.cursors import EPOCH, Cursor, Heard
from integrations.github.fetching import one
from integrations.github.heard import Ears
from integrations.github.lists import LABELS, MILESTONES, Lists
from integrations.github.mentions import in_label
from integrations.github.reading import Place, page
from integrations.github.repositories import identity
from integrations.kit.abreast import abreast
from integrations.tracker import Command, Listed, Look, Names, Need, Page, Standing

Part = Page | Listed | Look
LISTS_EVERY = timedelta(minutes=15)
_ANSWERED = 20
"""Issues that are read because somebody asks there why, at one look."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What was heard, where to go on, and when by GitHub's clock; ``at`` is None for nothing."""

    commands: tuple[Command, ...]
    heard: Heard | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Hearing:
    """A repository that may name key results, and what is to be read of it."""

    client: GitHubClient
    place: Place
    need: Need

    def besides(self, parts: Iterator[Part], before: Cursor | None) -> Iterator[Part]:
        """The parts of a look, and at its end what names key results."""
        for part in parts:
            if not isinstance(part, Look):
                yield part
                continue
            yield self._told(part, self._listen(before))

    def alone(self, before: Cursor | None, *, sweep: bool) -> Iterator[Part]:
        """A look at a repository of which no link reads anything: comments and small lists."""
        said = self._listen(before)
        yield from self._asked_at(said.commands)
        held, place_id = before.lists if before else None, None
        now = said.at or datetime.now(UTC)
        read_at = held.read_at if held else None
        is_due = before is None or read_at is None or now - read_at >= LISTS_EVERY
        # With a command it is made sure that another repository did not take the name, and where
        # nothing was heard that the repository answers at all.
        is_due = is_due or sweep or self.need.lists or bool(said.commands) or said.at is None
        if is_due:
            place_id = identity(self.client, self.place.repo, self.need.place_id)
            names = (MILESTONES, LABELS)
            held = lists.read(self.client, self.place.repo, names, held, at=now)
        cursor = replace(before or Cursor(EPOCH), lists=held).text()
        # What the mirror still holds of the place is asked for by nobody: it is not gone.
        look = Look(cursor=cursor, complete=False, whole=is_due, place_id=place_id)
        yield self._told(look, said)

    def _listen(self, before: Cursor | None) -> _Said:
        known = before or cursors.remembered(self.need.before)
        last = known.heard if known else None
        ears = Ears(self.client, self.place.repo, last)
        try:
            commands = tuple(ears.commands())
            return _Said(commands, ears.heard(), ears.started)
        except Unavailable:
            # Numbers do not wait for what people say: the next look hears all of it.
            return _Said((), last, None)

    def _told(self, look: Look, said: _Said) -> Look:
        told = cursors.read(look.cursor) or Cursor(EPOCH)
        place = self.place.repo
        known = standing(place, told.lists or Lists())
        names = Names(place=place, standing=known, commands=said.commands)
        return replace(look, cursor=replace(told, heard=said.heard).text(), names=names)

    def _asked_at(self, commands: tuple[Command, ...]) -> Iterator[Page]:
        """The issues at which somebody asks why: what is answered there is answered on an item."""
        asked = [each.item_key for each in commands if each.verb == "why" and not each.refused]
        numbers = [key.rpartition("#")[2] for key in dict.fromkeys(asked)][:_ANSWERED]

        def read(number: str) -> Page | None:
            found = one(self.client, self.place.repo, number)
            return page([found], self.place) if found else None

        for found in abreast(read, numbers, width=self.client.width):
            if found is not None:
                yield found


def standing(repo: str, known: Lists) -> dict[str, tuple[Standing, ...]]:
    """The milestones and labels that name key results, as far as the lists were read."""
    found: dict[str, tuple[Standing, ...]] = {}
    if MILESTONES in known.entries:
        found["milestone"] = tuple(
            Standing("milestone", f"{repo}/{number}", frozenset(keys))
            for number, keys in sorted(known.named.items())
        )
    if LABELS in known.entries:
        named = ((name, in_label(name)) for name in sorted(known.entries[LABELS].values()))
        found["label"] = tuple(
            Standing("label", f"{repo}/{name}", frozenset({key})) for name, key in named if key
        )
    return found
