"""What an objective supports, as it is chosen in a form: ticked, weighed, searched for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from connector.plans.tree import Items, Node, Pairs
from connector.store.folding import Folded, fold
from connector.store.tables import Cycle, KeyResult, Objective, Team
from web.planning.inputs import Input, Typed, listed, scalar

NAME, MAIN, WORDS, SOUGHT = "supports", "main", "words", "sought"
MOST = 12
"""So many are offered; more words find others."""


@dataclass(frozen=True, slots=True)
class Option:
    """What may be supported; ``weight`` is what was typed."""

    kind: str
    key: str
    title: str
    team: str
    is_chosen: bool = False
    weight: str = "1"


def _shown(value: Iterable[tuple[str, float]] | None) -> Typed:
    return [f"{key} {weight:.15g}" for key, weight in value or ()]


def _node(typed: Typed, line: int) -> Node:
    pairs = (each.partition(" ") for each in listed(typed))
    return Items(
        tuple(
            Pairs(
                (
                    (scalar("key", line), scalar(key, line)),
                    (scalar("weight", line), scalar(weight or "1", line)),
                ),
                line,
            )
            for key, _, weight in pairs
        ),
        line,
    )


SUPPORTS = Input("supports", _shown, _node, several=True)
"""Each support as ``KEY WEIGHT``; the first leads the way up."""


def gathered(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """A form as its fields are read: every ticked support with its weight, the main one first."""
    keys = list(dict.fromkeys(form.getlist(NAME)))
    main = form.get(MAIN, "")
    if main in keys:
        keys = [main, *(each for each in keys if each != main)]
    found = MultiDict(form)
    weighed = ((key, form.get(f"weight:{key}", "").strip() or "1") for key in keys)
    found.setlist(NAME, [f"{key} {weight}" for key, weight in weighed])
    return found


def seeks() -> bool:
    """Whether words were typed that nothing was sought by yet, or the button to seek was used."""
    words = request.form.get(WORDS, "").strip()
    return request.form.get("do") == "seek" or words != request.form.get(SOUGHT, "").strip()


def options(
    session: Session, cycle: str, typed: Typed, *, team: str, but: str | None
) -> list[Option]:
    """What is chosen, then what is found by the words typed, else objectives of teams above."""
    weights = dict(each.partition(" ")[::2] for each in listed(typed))
    chosen = {each.key: each for each in _found(session, cycle, _named(weights), but)}
    rows = [
        Option(e.kind, key, e.title, e.team, is_chosen=True, weight=weights[key])
        for key in weights
        if (e := chosen.get(key)) is not None
    ]
    words = fold(request.form.get(WORDS, "")).split()
    wanted = _like(words) if words else _above(session, team)
    others = _found(session, cycle, wanted, but) if wanted is not None else []
    return [*rows, *[each for each in others if each.key not in weights][:MOST]]


_Wanted = Callable[[type[Any]], Any]


def _named(keys: Iterable[str]) -> _Wanted:
    return lambda table: table.key.in_(list(keys))


def _like(words: Sequence[str]) -> _Wanted:
    def fits(table: type[Any]) -> Any:
        texts = (table.key, table.title, Team.name)
        return and_(
            *(
                or_(*(Folded(text).contains(word, autoescape=True) for text in texts))
                for word in words
            )
        )

    return fits


def _above(session: Session, team: str) -> _Wanted | None:
    """The objectives of the teams above one."""
    parents = {row.key: row for row in session.scalars(select(Team))}
    ids = {row.id: row for row in parents.values()}
    above: list[int] = []
    at = ids.get(parents[team].parent_id or 0) if team in parents else None
    while at is not None and at.id not in above:
        above.append(at.id)
        at = ids.get(at.parent_id or 0)
    if not above:
        return None
    return lambda table: Objective.team_id.in_(above) if table is Objective else table.id.is_(None)


def _found(session: Session, cycle: str, wanted: _Wanted, but: str | None) -> list[Option]:
    """The objectives and key results of a cycle that are wanted, without those of ``but``."""
    objectives = (
        select(Objective.key, Objective.title, Team.name)
        .join(Cycle, Cycle.id == Objective.cycle_id)
        .join(Team, Team.id == Objective.team_id)
        .where(Cycle.key == cycle, wanted(Objective), Objective.state != "cancelled")
        .where(Objective.key != (but or ""))
    )
    key_results = (
        select(KeyResult.key, KeyResult.title, Team.name)
        .join(Cycle, Cycle.id == KeyResult.cycle_id)
        .join(Objective, Objective.id == KeyResult.objective_id)
        .join(Team, Team.id == Objective.team_id)
        .where(Cycle.key == cycle, wanted(KeyResult), ~KeyResult.retired)
        .where(Objective.key != (but or ""), Objective.state != "cancelled")
    )
    ordered = objectives.order_by(Team.position, Objective.position).limit(2 * MOST)
    found = [Option("objective", *row) for row in session.execute(ordered)]
    ordered = key_results.order_by(Team.position, KeyResult.position).limit(2 * MOST)
    return found + [Option("key_result", *row) for row in session.execute(ordered)]
