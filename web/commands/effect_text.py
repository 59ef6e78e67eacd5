"""What saving would do, link by link, as lines of text."""

from collections.abc import Iterable, Iterator

from connector.effects import Effect, LinkEffect, Named
from connector.notes import plain
from connector.report import Health
from web import words
from web.commands.text import part, some


def effect_lines(effects: Iterable[LinkEffect]) -> Iterator[str]:
    """Each link that is new or differs: what it holds, what it leaves out, before and after."""
    for each in effects:
        yield f"{each.key_result}  {each.scope}"
        if each.problem:
            yield f"  unknown: {each.problem}"
            continue
        if each.effect is not None:
            yield from _items(each.effect)
        yield from (f"  {named.what} counts {_these(named)} of them too" for named in each.overlaps)
        yield from _numbers(each)


def _items(effect: Effect) -> Iterator[str]:
    reading = effect.reading
    told = [words.plural(effect.matches, "item"), f"{effect.counted:,} counted"]
    if reading.done is not None and reading.total is not None:
        told.append(f"{part(reading.done, reading.total)} done")
    yield f"  {', '.join(told)}"
    for named in effect.excluded:
        yield f"  not counted: {_these(named)}: {plain(named.what)}"
    for warning in effect.warnings:
        yield f"  note: {warning}"
    for named in (effect.unestimated, *effect.unmapped, effect.families):
        if named.number:
            yield f"    {named.what}: {some(named.items, named.number)}"


def _numbers(each: LinkEffect) -> Iterator[str]:
    before, after = each.before, each.after
    if after is None:
        return
    reading = words.number(after.reading)
    new, health = (words.number(after.value), words.score(after.score)), words.HEALTH[after.health]
    if before is None:
        yield f"  reading {reading}, value {new[0]}, score {new[1]}, {health}"
        return
    old = words.number(before.value), words.score(before.score)
    yield (
        f"  reading {words.number(before.reading)} → {reading}, value {old[0]} → {new[0]}, "
        f"score {old[1]} → {new[1]}, {_moved(before.health, after.health)}"
    )


def _moved(before: Health, after: Health) -> str:
    if before == after:
        return f"still {words.HEALTH[after]}"
    return f"{words.HEALTH[before]} → {words.HEALTH[after]}"


def _these(named: Named) -> str:
    return f"{named.number:,} ({some(named.items, named.number)})"
