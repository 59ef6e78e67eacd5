"""What projects tell: webhooks of organizations and apps, and the histories of their items."""

from datetime import datetime

from integrations.simulators.github import board_shapes, posting, relations, shapes
from integrations.simulators.github.board_state import Card, Project, Value
from integrations.simulators.github.shapes import Json, stamp
from integrations.simulators.github.state import State


def project(state: State, about: Project, action: str, **more: object) -> None:
    """Tell of a project."""
    body = {"action": action, "projects_v2": about.about, **more}
    posting.of_owner(state, about.owner, "projects_v2", body)


def card(state: State, about: Project, one: Card, action: str, **more: object) -> None:
    """Tell of an item of a project: its ids alone, never its values."""
    shown = {
        "id": one.id, "node_id": f"PVTI_{one.id}", "project_node_id": about.about["node_id"],
        "content_node_id": _content(one), "content_type": one.kind, "creator": shapes.account(),
        "created_at": stamp(one.created), "updated_at": stamp(one.updated),
        "archived_at": stamp(one.archived) if one.archived else None,
    }  # fmt: skip
    body: Json = {"action": action, "projects_v2_item": shown, **more}
    posting.of_owner(state, about.owner, "projects_v2_item", body)


def placed(state: State, about: Project, one: Card, at: datetime) -> None:
    """An item came onto a project."""
    _kept(state, about, one, at, "added_to_project_v2")
    card(state, about, one, "created")


def taken(state: State, about: Project, one: Card) -> None:
    """An item left a project."""
    _kept(state, about, one, state.clock(), "removed_from_project_v2")
    card(state, about, one, "deleted")


def changed(state: State, about: Project, one: Card, before: tuple[str, Value | None]) -> None:
    """An item has another value in a field; of the status its history tells too."""
    name, old = before
    field, new = about.fields[name], one.values.get(name)
    if name == "Status":
        _kept(state, about, one, one.updated, "project_v2_item_status_changed",
              previousStatus=str(old or ""), status=str(new or ""))  # fmt: skip
    value = {
        "field_node_id": field["node_id"], "field_type": field["data_type"], "field_name": name,
        "project_number": about.about["number"], "from": board_shapes.plain(field, old),
        "to": board_shapes.plain(field, new),
    }  # fmt: skip
    card(state, about, one, "edited", changes={"field_value": value})


def _content(one: Card) -> str:
    if one.item is None:
        return f"DI_{one.id}"
    return str(one.item.fields["node_id"])


def _kept(
    state: State, about: Project, one: Card, at: datetime, name: str, **details: str
) -> None:  # fmt: skip
    """An entry in the item's history; what changed is told by GraphQL alone."""
    if one.item is None or state.repos.get(one.item.repo.lower()) is None:
        return
    made = relations.record(state, one.item, name, at, {})
    state.details[made["id"]] = {"project": about.about["node_id"], **details}
