"""What binds issues beyond their own fields: parents, types, number fields, other repositories."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from integrations.simulators.github import app_shapes, events, shapes
from integrations.simulators.github.shapes import Json, stamp
from integrations.simulators.github.state import Item, State


def changed(item: Item, at: datetime, fields: Json) -> None:
    """Set fields of an item, which counts as an update of it."""
    item.fields |= fields
    item.fields["updated_at"] = max(stamp(at), item.fields["created_at"])


def record(state: State, item: Item, name: str, at: datetime, more: Json) -> Json:
    """Add an event to an item's history, done by whoever acts now."""
    repo = state.repo(item.repo)
    via = app_shapes.by(state.via) if state.via else None
    by = {"actor": state.actor, "performed_via_github_app": via}
    made = shapes.event(repo.name, state.new_id(), name, at, by | more)
    repo.events.append((item.number, made))
    return made


def set_parent(state: State, item: Item, parent: Item | None, at: datetime) -> None:
    """Make an issue a sub-issue of another (or of none); both sides keep an event."""
    wanted = parent.fields["id"] if parent else None
    before = state.by_id(item.parent) if item.parent else None
    if wanted == item.parent:
        return
    for one, action in ((before, "removed"), (parent, "added")):
        if one is None:
            continue
        item.parent = wanted if action == "added" else None
        state.parents |= {one.fields["id"]}
        record(state, item, f"parent_issue_{action}", at, {"parent_issue": reference(state, one)})
        record(state, one, f"sub_issue_{action}", at, {"sub_issue": reference(state, item)})
        changed(item, at, {})
        events.family(state, one, item, action)


def reference(state: State, item: Item) -> Json:
    """An issue as an event of another one shows it."""
    about = state.repo(item.repo).about
    kind = item.fields["type"]
    named = ("id", "node_id", "name", "color")
    return {
        "number": item.number, "title": item.fields["title"], "state": item.fields["state"],
        "state_reason": item.fields["state_reason"], "repository": about,
        "issue_type": {name: kind[name] for name in named} if kind else None,
    }  # fmt: skip


def set_type(state: State, item: Item, name: str | None, at: datetime) -> None:
    """Give an issue a type, or none."""
    before = item.fields["type"]
    if (before or {}).get("name") == name:
        return
    now = state.issue_type(name) if name else None
    changed(item, at, {"type": now})
    action = "removed" if now is None else "changed" if before else "added"
    types = {"issue_type": now, "prev_issue_type": before}
    more = {key: _kept(kind) for key, kind in types.items() if kind}
    record(state, item, f"issue_type_{action}", at, more)
    events.item(state, item, "typed" if now else "untyped", type=now or before)


def _kept(kind: Json) -> Json:
    return {name: kind[name] for name in ("id", "name", "color")}


def set_values(
    state: State, item: Item, values: Mapping[str, str | float | None], at: datetime
) -> None:
    """Set issue fields by name; of what changed REST keeps no event, GraphQL does."""
    held = {each["issue_field_name"]: each for each in item.fields.get("issue_field_values", ())}
    for name, value in values.items():
        field, before = state.issue_field(name, value), held.pop(name, None)
        if value is not None:
            held[name] = shapes.field_value(field, value)
        changed(item, at, {"issue_field_values": list(held.values())})
        _valued(state, item, field, (before, held.get(name)), at)


def _valued(
    state: State, item: Item, field: Json, values: tuple[Json | None, Json | None], at: datetime
) -> None:
    before, after = values
    if before == after:
        return
    action = "removed" if after is None else "changed" if before else "added"
    made = record(state, item, f"issue_field_{action}", at, {})
    state.details[made["id"]] = {"only": True, "field": field["name"], **{
        name: str(each["value"]) for name, each in (
            ("previousValue", before), ("newValue", after), ("value", after)) if each}}  # fmt: skip
    told: Json = {"issue_field": {"id": field["id"], "name": field["name"],
                                  "field_type": field["data_type"]}}  # fmt: skip
    if after:
        told["issue_field_value"] = {"id": made["id"], "value": after["value"]}
    if before and after:
        told["changes"] = {"issue_field_value": {
            "from": {"id": made["id"], "value": before["value"]}}}  # fmt: skip
    events.item(state, item, "field_added" if after else "field_removed", **told)


def assign(state: State, item: Item, logins: list[str], at: datetime) -> None:
    """Give an item to these people; each that came or left keeps an event."""
    before = {one["login"]: one for one in item.fields["assignees"]}
    after = {one["login"]: one for one in people(logins)}
    first = next(iter(after.values()), None)
    changed(item, at, {"assignees": list(after.values()), "assignee": first})
    for action, ours, others in (("assigned", after, before), ("unassigned", before, after)):
        for login, person in ours.items():
            if login not in others:
                by = {"assignee": person, "assigner": state.actor}
                record(state, item, action, at, by)
                events.item(state, item, action, assignee=person)


def carry(state: State, item: Item, there: Item, at: datetime) -> None:
    """What an issue takes along to another repository: its history, its family, its comments; the
    history tells of its coming."""
    old, new = state.repo(item.repo), state.repo(there.repo)
    new.events += [(there.number, event) for of, event in old.events if of == item.number]
    old.events = [(of, event) for of, event in old.events if of != item.number]
    for child in state.below(item):
        child.parent = there.fields["id"]
    there.parent, here = item.parent, there.fields["id"]
    state.parents |= {here} if item.fields["id"] in state.parents else set()
    for comment in state.comments.values():
        if comment.of(item.repo, item.number):
            comment.repo, comment.number = there.repo, there.number
    there.fields["comments"] = item.fields["comments"]
    made = record(state, there, "transferred", at, {})
    state.details[made["id"]] = {"from": old.name}


def people(names: list[Any]) -> list[Json]:
    """Users by their logins."""
    return [shapes.account(str(name)) for name in names]
