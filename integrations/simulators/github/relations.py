"""What binds issues beyond their own fields: parents, types, number fields, other repositories."""

from datetime import datetime
from typing import Any

from integrations.simulators.github import events, shapes
from integrations.simulators.github.shapes import Json, stamp
from integrations.simulators.github.state import Item, State


def changed(item: Item, at: datetime, fields: Json) -> None:
    """Set fields of an item, which counts as an update of it."""
    item.fields |= fields
    item.fields["updated_at"] = max(stamp(at), item.fields["created_at"])


def record(state: State, item: Item, name: str, at: datetime, more: Json) -> None:
    """Add an event to an item's history."""
    repo = state.repo(item.repo)
    made = shapes.event(repo.name, state.new_id(), name, at, more)
    repo.events.append((item.number, made))


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
        events.family(state, one, item, f"sub_issue_{action}")


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


def set_numbers(state: State, item: Item, numbers: dict[str, float | None], at: datetime) -> None:
    """Set issue fields of numbers by name; GitHub keeps no event of them."""
    held = {each["issue_field_name"]: each for each in item.fields.get("issue_field_values", ())}
    for name, value in numbers.items():
        held.pop(name, None)
        if value is not None:
            held[name] = shapes.number_value(state.field_id(name), name, value)
    changed(item, at, {"issue_field_values": list(held.values())})


def carry(state: State, item: Item, there: Item, at: datetime) -> None:
    """The history an issue takes along to another repository, where it is told of its coming."""
    old, new = state.repo(item.repo), state.repo(there.repo)
    new.events += [(there.number, event) for of, event in old.events if of == item.number]
    old.events = [(of, event) for of, event in old.events if of != item.number]
    record(state, there, "transferred", at, {})


def people(names: list[Any]) -> list[Json]:
    """Users by their logins."""
    return [shapes.user(str(name), 100 + shapes.hash_of(str(name)) % 9000) for name in names]
