"""Some issues that Jira answered with, and what they come to."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connector.errors import Unavailable
from connector.garbage import uncollected
from integrations.jira.paging import listed, next_token
from integrations.jira.profile import Profile
from integrations.jira.reading import page, swift
from integrations.kit.answers import Answer
from integrations.tracker import Page


@dataclass(frozen=True, slots=True)
class Listing:
    """Some issues as plain JSON, their ids, and the server's clock.

    ``more`` says that Jira has another page, ``total`` how many issues there are in all, where it
    tells; ``held`` are (id, key) of issues that are there, but could not be read just now.
    ``page`` is what the issues come to, where they were read at once: ``issues`` then holds no more
    than what every project is called.
    """

    issues: list[Any]
    date: datetime | None
    ids: tuple[str, ...] = ()
    more: bool = False
    total: object = None
    held: tuple[tuple[str, str], ...] = ()
    page: Page | None = None


def listing_of(answer: Answer) -> Listing:
    """What an answer lists."""
    found = answer.object()
    issues, held = listed(found, "issues"), found.get("issueErrors") or []
    if not isinstance(held, list):
        raise Unavailable("Jira sent an answer of an unexpected shape.")
    errors = (each for each in held if isinstance(each, dict))
    return Listing(
        issues,
        answer.date,
        ids=tuple(str(each.get("id")) if isinstance(each, dict) else "" for each in issues),
        more=next_token(found) is not None,
        total=found.get("total"),
        held=tuple((str(each.get("id") or ""), str(each.get("key") or "")) for each in errors),
    )


def read(answer: Answer, profile: Profile) -> Listing:
    """The same made into items where it was received: what Jira sent is many times as big, and is
    let go while it is still at hand."""
    with uncollected():
        return _swiftly(answer, profile) or _whole(listing_of(answer), profile)


def _swiftly(answer: Answer, profile: Profile) -> Listing | None:
    read = swift(answer, profile)
    if read is None:
        return None
    found, made = read
    projects = {each.key: each for each in (issue.fields.project for issue in found.issues)}
    return Listing(
        [
            {"fields": {"project": {"key": each.key, "name": each.name}}}
            for each in projects.values()
        ],
        answer.date,
        ids=tuple([item.external_id for item in made.items]),
        total=found.total,
        page=made,
    )


def _whole(found: Listing, profile: Profile) -> Listing:
    read = page(found.issues, profile)
    kept = found.issues
    if not read.unreadable:
        of_places = dict(zip((item.place for item in read.items), found.issues, strict=True))
        kept = list(of_places.values())
    return replace(found, issues=kept, page=read)
