"""Milestones and labels of many repositories by words or a number: one call, by GraphQL."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from integrations.github.scopes import folded
from integrations.github.seeking import MANY, Asked, Wish
from integrations.kit.loose import Json, fitting, objects, text, within, words_of
from integrations.tracker import Found

_OPEN = "open: issues(states: [OPEN]) { totalCount }"
_COUNTS = f"{_OPEN} closed: issues(states: [CLOSED]) {{ totalCount }}"
_MILESTONE = f"number title state dueOn {_COUNTS}"
_PARTS = f"""{{ nameWithOwner
 milestones(first: 30, query: $words, orderBy: $order) {{ nodes {{ {_MILESTONE} }} }}
 labels(first: 20, query: $words) {{ nodes {{ name {_OPEN} }} }} }}"""
_NUMBERED = f"""{{ nameWithOwner
 milestone(number: $number) {{ {_MILESTONE} }}
 issue(number: $number) {{ number title state }}
 labels(first: 5, query: $words) {{ nodes {{ name {_OPEN} }} }} }}"""
_ORDER = {"field": "UPDATED_AT", "direction": "DESC"}


def parts(asked: Asked, wanted: Wish, kinds: Collection[str]) -> list[Found]:
    """Milestones (open ones first, by due date; the same title in several repositories before
    them), then labels, and with a number the issues of that number."""
    repos = list(asked.repos)[:MANY]
    shown = _asked(asked, repos, wanted.words, wanted.number) if repos else []
    found: list[Found] = []
    if "milestone" in kinds:
        found += _milestones(asked, wanted, shown)
    if "issue" in kinds and wanted.number:
        found += _issues(asked, shown)
    if "label" in kinds:
        found += _labels(asked, wanted, shown)
    return found


def titled(asked: Asked, title: str) -> int:
    """How many of the repositories looked through have a milestone of this title."""
    repos = list(asked.repos)[:MANY]
    shown = _asked(asked, repos, words_of(title), None) if repos else []
    same = (any(folded(text(row, "title")) == folded(title) for row in _rows(each, "milestones"))
            for each in shown)  # fmt: skip
    return sum(same)


def _asked(
    asked: Asked, repos: Sequence[str], words: Sequence[str], number: int | None
) -> list[Json]:
    """What each repository has that may fit; nothing of one that the token does not see."""
    selected = _NUMBERED if number else _PARTS
    given: dict[str, Any] = {"words": max(words, key=len, default=None)}
    given |= {"number": number} if number else {"order": _ORDER}
    declared = "$number: Int!" if number else "$order: MilestoneOrder"
    places = "\n".join(
        f'r{n}: repository(owner: "{owner}", name: "{name}") {selected}'
        for n, (owner, _, name) in enumerate(each.partition("/") for each in repos)
    )
    query = f"query($words: String, {declared}) {{\n{places}\n}}"
    told, _ = asked.client.answered(query, given)
    return [each for each in (told or {}).values() if isinstance(each, dict)]


def _rows(repo: Json, name: str) -> list[Json]:
    return objects(within(repo, name).get("nodes"))


def _named(repo: Json) -> str:
    return text(repo, "nameWithOwner").lower()


def _milestones(asked: Asked, wanted: Wish, shown: Iterable[Json]) -> list[Found]:
    rows: list[tuple[str, Json]] = []
    for repo in shown:
        own = within(repo, "milestone")
        rows += [(_named(repo), own)] if own else []
        rows += [
            (_named(repo), row)
            for row in _rows(repo, "milestones")
            if fitting(wanted.words, text(row, "title"))
        ]
    rows.sort(key=lambda each: (text(each[1], "state") != "OPEN", text(each[1], "dueOn") or "~"))
    single = [_milestone(asked, *each) for each in rows]
    wide = list(_wide(asked, rows))
    return wide if wanted.place.endswith("/*") and wide else [*wide, *single]


def _milestone(asked: Asked, repo: str, row: Json) -> Found:
    number, title = text(row, "number"), text(row, "title")
    due = text(row, "dueOn")[:10]
    about = (repo, text(row, "state").lower(), f"due {due}" if due else "", _counts([row]))
    note = ", ".join(each for each in about if each)
    return asked.found("milestone", f"{repo}/{number}", title or number, note)


def _wide(asked: Asked, rows: Iterable[tuple[str, Json]]) -> Iterator[Found]:
    """The titles that several repositories of one owner have."""
    alike: dict[tuple[str, str], dict[str, Json]] = defaultdict(dict)
    for repo, row in rows:
        alike[repo.partition("/")[0], folded(text(row, "title"))][repo] = row
    for (owner, _), found in alike.items():
        if len(found) > 1:
            title = text(next(iter(found.values())), "title").strip()
            note = f"in {len(found)} repositories, {_counts(found.values())}"
            yield asked.found("milestone", f"{owner}/*/{title}", title, note)


def _counts(rows: Iterable[Json]) -> str:
    known = list(rows)
    return f"{_sum(known, 'open')} open, {_sum(known, 'closed')} closed"


def _sum(rows: Iterable[Json], name: str) -> int:
    found = (within(row, name).get("totalCount") for row in rows)
    return sum(each for each in found if isinstance(each, int))


def _issues(asked: Asked, shown: Iterable[Mapping[str, Any]]) -> Iterator[Found]:
    for repo in shown:
        row, name = within(repo, "issue"), _named(repo)
        if number := text(row, "number"):
            note = f"{name}#{number}, {text(row, 'state').lower()}"
            yield asked.found("issue", f"{name}/{number}", text(row, "title") or number, note)


def _labels(asked: Asked, wanted: Wish, shown: Iterable[Json]) -> Iterator[Found]:
    for repo in shown:
        for row in _rows(repo, "labels"):
            name = text(row, "name")
            if name and fitting(wanted.words, name):
                note = f"{_named(repo)}, {_sum([row], 'open')} open"
                yield asked.found("label", f"{_named(repo)}/{name}", name, note)
