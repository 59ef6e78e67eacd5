"""What a plan would change of what is stored, or every reason it cannot be applied."""

from collections.abc import Iterator, Sequence

from connector.plans.changes import Changes, Check, CheckNotes, Stored, change, merged
from connector.plans.checks import Found, key_result_problems
from connector.plans.curves import curve_problems
from connector.plans.entries import Entry, Plan
from connector.plans.fields import FIELDS
from connector.plans.problems import Problems
from connector.plans.references import reference_problems
from connector.plans.relations import (
    account_problems,
    company_problems,
    cycle_problems,
    date_problems,
    email_problems,
    team_problems,
)
from connector.plans.retiring import retired_problems
from connector.plans.rings import refuse_rings
from connector.plans.scoring import scoring_problems
from connector.plans.world import World, parents_first, world
from connector.scopes import Scope


def _any(_scope: Scope, _kinds: Sequence[str]) -> str | None:
    return None


def diff(plan: Plan, stored: Stored, check: Check, check_notes: CheckNotes = _any) -> Changes:
    """What applying the plan writes; raises ``Refused`` with all problems.

    Everything is checked as it would be afterwards. ``check`` is asked of scopes that are new to
    their key result, ``check_notes`` of links that ask for other notes than before. A plan applied
    already changes nothing.
    """
    entries = {entry.identity: entry for entry in plan.entries}
    records = {each: merged(entry, stored.records.get(each)) for each, entry in entries.items()}
    after = world({**stored.records, **records})
    problems = Problems(plan.name)
    for entry in plan.entries:
        for name, sentence in _problems(entry, after, stored):
            problems.add(entry.at(name), entry.key, sentence)
    for seen in (company_problems, email_problems, account_problems):
        for entry, (name, sentence) in seen(plan.entries, after):
            problems.add(entry.at(name), entry.key, sentence)
    refuse_rings(entries, after, stored, problems)
    _refuse_scopes(plan, stored, check, problems)
    _refuse_notes(plan, stored, check_notes, problems)
    problems.refuse()
    found = {
        each: made
        for each, entry in entries.items()
        if (made := change(entry, records[each], stored.records.get(each)))
    }
    ordered = tuple(found[each] for each in parents_first(found, after))
    return Changes(ordered, len(entries) - len(found))


def _problems(entry: Entry, after: World, stored: Stored) -> Iterator[Found]:
    if entry.identity not in stored.records:
        for name, field in FIELDS[entry.kind].items():
            if field.required and name not in entry.fields:
                yield name, f"{name!r} is missing and not stored yet; add it"
    yield from reference_problems(entry, after)
    yield from retired_problems(entry, after, stored)
    match entry.kind:
        case "key_result":
            yield from key_result_problems(entry, after.records[entry.identity])
            yield from curve_problems(after.records[entry.identity])
            yield from date_problems(entry, after)
        case "team":
            yield from team_problems(entry, after)
        case "scoring":
            yield from scoring_problems(after.records[entry.identity])
        case "cycle":
            yield from cycle_problems(entry, after, stored)


def _refuse_scopes(plan: Plan, stored: Stored, check: Check, problems: Problems) -> None:
    """Scopes bound earlier stay as they are; only new ones have to be understood now."""
    answers: dict[str, str | None] = {}
    for entry in plan.entries:
        before = stored.records.get(entry.identity, {}).get("links", ())
        known = {link.scope.text for link in before}
        for link in entry.fields.get("links", ()):
            text = link.scope.text
            if text in known:
                continue
            if text not in answers:
                answers[text] = check(link.scope)
            if sentence := answers[text]:
                problems.add(link.line, entry.key, sentence)


def _refuse_notes(plan: Plan, stored: Stored, check: CheckNotes, problems: Problems) -> None:
    """What was asked for before stays as it is; only what is new has to be offered now."""
    for entry in plan.entries:
        before = stored.records.get(entry.identity, {}).get("links", ())
        known = {(link.scope.text, link.write_back) for link in before}
        for link in entry.fields.get("links", ()):
            is_new = link.write_back and (link.scope.text, link.write_back) not in known
            if is_new and (sentence := check(link.scope, link.write_back)):
                problems.add(link.line, entry.key, sentence)
