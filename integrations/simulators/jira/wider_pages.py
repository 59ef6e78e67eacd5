"""What the control page lets people do beyond issues: versions, sprints, projects."""

from collections.abc import Callable, Sequence

from flask import abort

from integrations.simulators.jira.site import JiraSite
from integrations.simulators.jira.words import Json
from integrations.simulators.pages import Group, Row

_SPRINT_TONES = {"future": "todo", "active": "doing", "closed": "done"}


def groups(site: JiraSite) -> list[Group]:
    """Projects with their rights, versions and sprints."""
    rows = [_project(site, key, about) for key, about in site.projects.items()]
    found = [Group("Projects", rows)] if rows else []
    for key, parts in site.versions.items():
        if parts:
            found.append(Group(f"Versions of {key}", [_version(key, part) for part in parts]))
    if not site.cloud:
        found.append(Group("Apps", [_roadmaps(site)]))
    sprints = [_sprint(sprint) for sprint in site.sprints.values()]
    return [*found, Group("Sprints", sprints)] if sprints else found


def act(site: JiraSite, item: str, action: str) -> bool:
    """Do what a button beyond issues says; False when it is none of them."""
    kind, _, rest = item.partition(":")
    place, _, number = rest.partition("/")
    acts = _acts(site, kind, place, number)
    if acts is None:
        return False
    if action not in acts:
        abort(400)
    acts[action]()
    return True


def _acts(
    site: JiraSite, kind: str, place: str, number: str
) -> dict[str, Callable[[], None]] | None:
    if kind == "project" and place in site.projects:
        return {
            "Hide": lambda: site.hide_project(place), "Show": lambda: site.show_project(place),
            "Archive": lambda: site.archive_project(place),
            "Trash": lambda: site.delete_project(place),
            "Restore": lambda: site.restore_project(place),
        }  # fmt: skip
    if kind == "version" and place in site.versions:
        return {
            "Release": lambda: site.release_version(place, number),
            "Unrelease": lambda: site.unrelease_version(place, number),
            "Remove": lambda: site.delete_version(place, number),
        }
    if kind == "app" and not site.cloud:
        return {"Install": site.add_roadmaps, "Remove": site.remove_roadmaps}
    if kind == "sprint" and number.isdecimal() and int(number) in site.sprints:
        return {
            "Begin": lambda: site.start_sprint(int(number)),
            "End": lambda: site.close_sprint(int(number)),
            "Remove": lambda: site.delete_sprint(int(number)),
        }
    return None


def _project(site: JiraSite, key: str, about: Json) -> Row:
    status, tone = "Visible", "doing"
    actions: tuple[str, ...] = ("Hide", "Archive", "Trash")
    if key in site.trashed or about.get("archived"):
        status = "In the trash" if key in site.trashed else "Archived"
        tone, actions = "dropped", ("Restore",)
    elif key in site.hidden:
        status, tone, actions = "Hidden from the caller", "todo", ("Show",)
    return _row(f"project:{key}", key, about["name"], (status, tone), actions)


def _roadmaps(site: JiraSite) -> Row:
    shown = ("Installed", "doing") if site.roadmaps else ("Not there", "dropped")
    actions = ("Remove",) if site.roadmaps else ("Install",)
    return _row("app:roadmaps", "", "Advanced Roadmaps", shown, actions)


def _version(project: str, part: Json) -> Row:
    released = bool(part.get("released"))
    shown = ("Released", "done") if released else ("Unreleased", "todo")
    actions = ("Unrelease", "Remove") if released else ("Release", "Remove")
    return _row(f"version:{project}/{part['id']}", project, part["name"], shown, actions)


def _sprint(sprint: Json) -> Row:
    state = str(sprint.get("state", "future"))
    actions = {"future": ("Begin", "Remove"), "active": ("End",)}.get(state, ())
    shown = (state.capitalize(), _SPRINT_TONES.get(state, "todo"))
    return _row(f"sprint:/{sprint['id']}", str(sprint["id"]), sprint["name"], shown, actions)


def _row(item: str, key: str, title: str, shown: tuple[str, str], actions: Sequence[str]) -> Row:
    return Row(item=item, key=key, title=title, url="/_sim", status=shown[0], tone=shown[1],
               actions=actions)  # fmt: skip
