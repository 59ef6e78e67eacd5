"""The filter of a project's items: ``is:issue status:"In Progress" -label:bug updated:>=…``."""

import operator
import re
from collections.abc import Callable

from integrations.simulators.github import board_shapes
from integrations.simulators.github.board_state import Card, Project
from integrations.simulators.github.shapes import stamp

Fits = Callable[[Card], bool]
_TERM = re.compile(r'(-?)(?:([\w-]+):)?("[^"]*"|\S+)')
_BOUND = re.compile(r"(>=|<=|>|<)(.+)")
_ORDER = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


def fits(project: Project, text: str) -> Fits:
    """Whether a card fits all terms; the archive is left out unless it is asked for."""
    terms = [(sign == "-", name.lower(), word.strip('"').lower())
             for sign, name, word in _TERM.findall(text)]  # fmt: skip
    archive = any(name == "is" and word == "archived" for _, name, word in terms)

    def whole(card: Card) -> bool:
        if card.archived and not archive:
            return False
        return all(_term(project, card, (name, word)) is not no for no, name, word in terms)

    return whole


def _term(project: Project, card: Card, term: tuple[str, str]) -> bool:
    name, word = term
    if name == "is":
        return _is(card, word)
    if name == "":
        return word in card.title.lower()
    if name == "updated":
        return _compared(stamp(card.updated)[: len(word.lstrip("<>="))].lower(), word)
    if name == "repo":
        return card.item is not None and card.item.repo.lower() in word.split(",")
    if name == "label":
        labels = card.item.fields["labels"] if card.item else ()
        return bool({label["name"].lower() for label in labels} & set(word.split(",")))
    held = _value(project, card, word if name == "no" else name)
    return held == "" if name == "no" else _compared(held, word)


def _is(card: Card, word: str) -> bool:
    state = card.item.fields["state"] if card.item else "draft"
    kinds = {"issue": "Issue", "pr": "PullRequest", "draft": "DraftIssue"}
    if word in kinds:
        return card.kind == kinds[word]
    return bool(card.archived) if word == "archived" else state == word


def _value(project: Project, card: Card, name: str) -> str:
    for field in project.fields.values():
        if field["name"].lower().replace(" ", "-") == name:
            told = board_shapes.plain(field, card.values.get(field["name"]))
            if isinstance(told, dict):
                told = told.get("name") or told.get("title")
            return "" if told is None else str(told).lower()
    return ""


def _compared(held: str, word: str) -> bool:
    bound = _BOUND.fullmatch(word)
    if not bound:
        return held in word.split(",")
    if not held:
        return False
    try:
        return bool(_ORDER[bound[1]](float(held), float(bound[2])))
    except ValueError:
        return bool(_ORDER[bound[1]](held, bound[2]))
