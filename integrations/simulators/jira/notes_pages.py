"""What a person sees on an issue's page of what others wrote on it."""

import json
from collections.abc import Iterator

from integrations.simulators.jira.site import JiraSite
from integrations.simulators.jira.state import Issue
from integrations.simulators.jira.words import Json
from integrations.simulators.pages import Group, Row


def groups(site: JiraSite, issue: Issue) -> Iterator[Group]:
    """Remote links, comments and properties, where there are any."""
    notes = site.notes
    if links := notes.links.get(issue.id):
        yield Group("Links", [_row(link) for link in links])
    if said := notes.comments.get(issue.id):
        texts = (f"{each['author']['displayName']}: {each['body']}" for each in said)
        yield Group("Comments", [], note="\n\n".join(texts))
    if known := notes.properties.get(issue.id):
        lines = (f"{key} = {json.dumps(value)}" for key, value in known.items())
        yield Group("Properties", [], note="\n".join(lines))


def _row(link: Json) -> Row:
    shown = link["object"]
    resolved = bool(shown.get("status", {}).get("resolved"))
    application = link.get("application") or {}
    return Row(
        item=f"link-{link['id']}", key=str(application.get("name") or "Web link"),
        title=shown["title"], url=shown["url"], about=str(shown.get("summary") or ""),
        status="resolved" if resolved else "", tone="done" if resolved else "todo",
    )  # fmt: skip
