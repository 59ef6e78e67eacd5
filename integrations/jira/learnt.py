"""What a connection does not name of its site: found out by a call or two, kept by the cursor."""

from dataclasses import replace

from integrations.jira.client import JiraClient
from integrations.jira.cursors import Cursor
from integrations.jira.profile import Profile, by_schema, parent_link
from integrations.jira.roadmaps import levels


def with_sprints(client: JiraClient, site: Profile, held: Cursor | None) -> Profile:
    """The site with its sprint field, which older connections do not name: an item read without
    would lose its sprints."""
    if site.sprint_field is not None:
        return site
    found = held.sprint_field if held else None
    found = found or by_schema(client.get("2/field").array(), "gh-sprint")
    return replace(site, sprint_field=found or None)


def with_parents(client: JiraClient, site: Profile, held: Cursor | None, *, anew: bool) -> Profile:
    """A Data Center with the field of parents of epics, and the levels of its types.

    Both are as everything was read so far, else as the connection names them. With ``anew`` they
    are asked for, as they are where neither tells: one call for the field unless the connection
    names it, and one for the levels.
    """
    if site.cloud:
        return site
    told = held.parent_link if held else None
    if not anew and told is not None and site.parent_link in (None, told):
        return replace(site, parent_link=told or None, levels=held.levels or {} if held else {})
    if not anew and site.parent_link is not None:
        return site
    field = site.parent_link or parent_link(client.get("2/field").array()) or None
    site = replace(site, parent_link=field)
    return replace(site, levels=levels(client, site))
