"""What the control page lets people do beyond issues: repositories, milestones, projects."""

from collections.abc import Callable, Sequence

from flask import abort

from integrations.simulators.github import setting_pages
from integrations.simulators.github.board_shapes import plain
from integrations.simulators.github.board_state import Card, Project
from integrations.simulators.github.shapes import Json
from integrations.simulators.github.site import GithubSite
from integrations.simulators.github.state import Repo
from integrations.simulators.pages import Group, Row

Acts = dict[str, Callable[[], object]]
_TONES = {"Done": "done", "In Progress": "doing"}


def groups(site: GithubSite) -> list[Group]:
    """Repositories with their rights, milestones, projects, then tokens, apps and webhooks."""
    made = [Group("Repositories", [_repository(site, each) for each in site.repos.values()])]
    for repo in site.repos.values():
        if repo.milestones:
            rows = [_milestone(repo, number) for number in repo.milestones]
            made.append(Group(f"Milestones of {repo.name}", rows))
    for project in site.boards.projects.values():
        title = f"Project {project.about['title']} of {project.owner}"
        made.append(Group(title, [_card(project, card) for card in site.boards.alive(project)]))
    return [*(each for each in made if each.rows), *setting_pages.groups(site)]


def act(site: GithubSite, item: str, action: str) -> bool:
    """Do what a button beyond issues says; False when it is none of them."""
    kind, _, rest = item.partition(":")
    acts = _acts(site, kind, rest)
    if acts is None:
        return setting_pages.act(site, item, action)
    if action not in acts:
        abort(400)
    acts[action]()
    return True


def _acts(site: GithubSite, kind: str, rest: str) -> Acts | None:
    if kind == "repository" and rest.lower() in site.repos:
        return _of_repository(site, rest)
    place, _, number = rest.rpartition("/")
    if kind == "milestone" and number.isdecimal() and place.lower() in site.repos:
        return {
            "Close": lambda: site.edit_milestone(place, int(number), state="closed"),
            "Reopen": lambda: site.edit_milestone(place, int(number), state="open"),
            "Retitle": lambda: _retitle(site, place, int(number)),
            "Remove": lambda: site.delete_milestone(place, int(number)),
        }
    if kind == "card":
        return _of_card(site, place, int(number))
    return None


def _of_repository(site: GithubSite, name: str) -> Acts:
    return {
        "Hide": lambda: site.hide_repo(name), "Show": lambda: site.show_repo(name),
        "Make private": lambda: site.set_private(name),
        "Make public": lambda: site.set_private(name, private=False),
        "Archive": lambda: site.archive_repo(name),
        "Unarchive": lambda: site.archive_repo(name, archived=False),
        "Rename": lambda: site.rename_repo(name, f"{name.split('/')[1]}-renamed"),
        "Remove": lambda: site.delete_repo(name),
    }  # fmt: skip


def _retitle(site: GithubSite, place: str, number: int) -> None:
    title = site.milestone(place, number)["title"]
    site.edit_milestone(place, number, title=f"{title} (renamed)")


def _of_card(site: GithubSite, place: str, number: int) -> Acts:
    owner, _, board = place.partition("/")
    project = site.boards.find(owner, int(board))
    card = next((each for each in project.cards if each.id == number), None) or abort(404)
    item, now = card.item, site.now
    if item is None:
        return {}
    boards = site.boards
    names = [each["name"]["raw"] for each in project.fields["Status"]["options"]]

    def moved(name: str) -> Callable[[], object]:
        return lambda: boards.put(project, item, values={"Status": name}, at=now)

    return {name: moved(name) for name in names} | {
        "Take off": lambda: boards.take(project, item),
        "Archive": lambda: boards.archive(project, item, at=now),
        "Restore": lambda: boards.archive(project, item, at=now, back=True),
    }


def _repository(site: GithubSite, repo: Repo) -> Row:
    about, hidden = repo.about, repo.name.lower() in site.hidden
    status, tone = ("Hidden from the caller", "todo") if hidden else ("Visible", "doing")
    if about["archived"]:
        status, tone = "Archived", "dropped"
    actions = (
        "Show" if hidden else "Hide", "Make public" if about["private"] else "Make private",
        "Unarchive" if about["archived"] else "Archive", "Rename", "Remove",
    )  # fmt: skip
    return Row(item=f"repository:{repo.name}", key=repo.name, title=about["visibility"],
               url=f"/{repo.name}", status=status, tone=tone, actions=actions)  # fmt: skip


def _milestone(repo: Repo, number: int) -> Row:
    about: Json = repo.shown_milestone(number) or {}
    closed = about["state"] == "closed"
    counts = f"{about['open_issues']} open, {about['closed_issues']} closed"
    return Row(
        item=f"milestone:{repo.name}/{number}", key=str(number), title=about["title"],
        url=f"/{repo.name}/milestone/{number}", status=str(about["state"]).capitalize(),
        tone="done" if closed else "doing", about=counts,
        actions=("Reopen" if closed else "Close", "Retitle", "Remove"),
    )  # fmt: skip


def _card(project: Project, card: Card) -> Row:
    fields, status = project.fields, str(card.values.get("Status", ""))
    held = [f"{name} {_text(fields[name], value)}" for name, value in card.values.items()
            if name != "Status"]  # fmt: skip
    moves = [each["name"]["raw"] for each in fields["Status"]["options"]]
    actions: Sequence[str] = [name for name in moves if name != status] + ["Take off", "Archive"]
    if card.archived:
        actions = ["Restore"]
    where = f"{project.owner}/{project.about['number']}/{card.id}"
    item = card.item
    return Row(
        item=f"card:{where}", key=f"#{item.number}" if item else "draft", title=card.title,
        url=f"/{item.repo}/issues/{item.number}" if item else "/_sim",
        status="Archived" if card.archived else status or "No status",
        tone="dropped" if card.archived else _TONES.get(status, "todo"),
        about=" · ".join(held), actions=actions if item else (),
    )  # fmt: skip


def _text(field: Json, value: str | float) -> str:
    told = plain(field, value)
    return str(told.get("title") or told.get("name")) if isinstance(told, dict) else f"{told}"
