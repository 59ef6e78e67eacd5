"""From who asks to what is wanted: a note for each key result, or one for all a carrier serves."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from connector.notes import Body, Teller
from integrations.tracker import Noting
from sync.writeback.asking import Asking
from sync.writeback.carrying import States, carriers, named, states
from sync.writeback.rows import Rows, Text, Where, text
from sync.writeback.telling import Subjects


@dataclass(frozen=True, slots=True)
class Scene:
    """One portion under way: all that ask, and what is told of the key results concerned."""

    session: Session
    rows: Rows
    asking: Sequence[Asking]
    said: Subjects
    who: Teller


@dataclass(frozen=True, slots=True)
class Shared:
    """Notes of which a carrier has one: all that carry them, and those to be composed now."""

    several: Sequence[Noting]
    served: Mapping[Where, Sequence[int]]
    touched: frozenset[Where]

    @property
    def beside(self) -> set[int]:
        """The key results told of where notes are composed now."""
        return {key for where in self.touched for key in self.served.get(where, ())}


def shared(
    session: Session, asking: Sequence[Asking], several: Sequence[Noting], turned: Sequence[int]
) -> Shared:
    """The notes of these kinds, those to be composed being what the turned key results touch."""
    served, mine = carriers(session, asking, several), set(turned)
    touched = {where for where, key_results in served.items() if not mine.isdisjoint(key_results)}
    touched |= named(each for each in asking if each.key_result_id in mine)
    return Shared(several, served, frozenset(touched))


def apart(scene: Scene, several: Sequence[Noting], key_results: Iterable[int]) -> None:
    """A note for each key result."""
    kind = several[0].note
    asked: dict[int, list[Asking]] = defaultdict(list)
    for each in scene.asking:
        asked[each.key_result_id].append(each)
    for key_result_id in key_results:
        name, told = scene.said.names[key_result_id], scene.said.told.get(key_result_id)
        held = scene.rows.apart(kind, name)
        wanted = carriers(scene.session, asked[key_result_id], several)
        scene.rows.take_away(row for where, row in held.items() if where not in wanted)
        if told is not None:  # else its cycle is closed, and the last words stay
            body = dict(several[0].text([told], scene.who))
            scene.rows.put(held, _led(body, wanted, asked[key_result_id], several), kind, name)


def _led(
    body: Body, wanted: Iterable[Where], asked: Iterable[Asking], several: Sequence[Noting]
) -> dict[Where, Text]:
    """What the scope names leads to the key result; what is counted, to what it is done for."""
    here = named(asked)
    plain, leading = text(body), next((each.leading for each in several if each.leading), None)
    led = text(body, leading)
    return {where: plain if where in here else led for where in wanted}


def one_each(scene: Scene, notes: Shared) -> None:
    """One note on a carrier, for all key results that it serves."""
    kind, served = notes.several[0].note, notes.served
    held = scene.rows.single(kind)
    seen = states(scene.session, notes.touched | held.keys(), notes.several)
    scene.rows.take_away(
        row
        for where, row in held.items()
        if where not in served or (where in seen.done and row.sent_at is None)
    )
    composed = {where for where in served if where in notes.touched and where not in seen.done}
    scene.rows.put(held, _texts(scene, notes, composed, seen), kind)


def _texts(
    scene: Scene, notes: Shared, composed: Iterable[Where], seen: States
) -> dict[Where, Text]:
    """The texts that are known; one is made once for all that serve the same."""
    first = notes.several[0]
    made: dict[tuple[int, ...], Text] = {}
    found: dict[Where, Text] = {}
    for where in composed:
        key_results = tuple(sorted(set(notes.served[where])))
        if key_results not in made:
            made[key_results] = text(_body(scene, first, key_results), first.leading)
        each = made[key_results]
        if each.body and first.dated:
            each = text({**each.body, "at": seen.changed[where].isoformat()}, first.leading)
        if each.body:  # else their cycles are closed, and the last words stay
            found[where] = each
    return found


def _body(scene: Scene, noting: Noting, key_results: Iterable[int]) -> Body:
    told = [each for key in key_results if (each := scene.said.told.get(key)) is not None]
    several = sorted(told, key=lambda each: each.subject)
    return dict(noting.text(several, scene.who)) if several else {}
