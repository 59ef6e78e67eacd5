"""Words that lower layers use and pages show: states, kinds, roles and counted things."""

from typing import Final

from web.language.marking import lazy

WORDS: Final = (
    lazy("company"),
    lazy("department"),
    lazy("team"),
    lazy("committed"),
    lazy("aspirational"),
    lazy("member"),
    lazy("lead"),
    lazy("viewer"),
    lazy("admin"),
    lazy("active"),
    lazy("to do"),
    lazy("in progress"),
    lazy("dropped"),
    lazy("not planned"),
    lazy("duplicate"),
    lazy("unmerged"),
    lazy("guardrail"),
    lazy("objective"),
    lazy("key result"),
    lazy("a cycle"),
    lazy("a person"),
    lazy("a link"),
    lazy("a support"),
    lazy("a plan"),
    lazy("none"),
    lazy("fresh"),
    lazy("waiting"),
    lazy("partly"),
    lazy("ageing"),
    lazy("stale"),
    lazy("broken"),
    lazy("paused"),
    lazy("full"),
    lazy("strong"),
    lazy("moderate"),
    lazy("weak"),
    lazy("draft"),
    lazy("candidate"),
    lazy("postponed"),
    lazy("cancelled"),
    lazy("repository"),
    lazy("repositories"),
    lazy("project"),
    lazy("projects"),
    lazy("Organization"),
    lazy("Deployment"),
    lazy("App ID"),
    lazy("Milestone"),
    lazy("Repository"),
    lazy("Label"),
    lazy("Project"),
    lazy("Component"),
    lazy("Sprint"),
    lazy("JQL query"),
)
"""What the template filter ``told`` finds for a word by itself."""
COUNTED: Final = (
    "%(digits)s item",
    "%(digits)s items",
    "%(digits)s link",
    "%(digits)s links",
    "%(digits)s day",
    "%(digits)s days",
    "%(digits)s week",
    "%(digits)s weeks",
    "%(digits)s call",
    "%(digits)s calls",
    "%(digits)s second",
    "%(digits)s seconds",
    "%(digits)s delivery",
    "%(digits)s deliveries",
    "%(digits)s source",
    "%(digits)s sources",
    "%(digits)s repository",
    "%(digits)s repositories",
    "%(digits)s project",
    "%(digits)s projects",
)
"""Numbers with their noun, as they stand in sentences."""
SAID: Final = (
    *COUNTED,
    "%(url)s must start with https:// (plain http needs the tick below)",
    (
        "%(host)s leads to %(address)s, which is not a public address; allow private addresses for"
        " this connection by the tick below if that is meant"
    ),
    "Token: fill this in",
    "the mapping proposed when the connection was made",
    "there is nothing of that name to do with webhooks",
    (
        "Worklift does not know itself by this address. Open it by the address it is set up for, "
        "or set WORKLIFT_PUBLIC_URL to this one."
    ),
    "This form was sent from another site, so nothing was changed.",
    "The tracker's address has letters that no form can be sent to.",
    "A query in Jira's own language; ORDER BY is of no use here and is left out.",
)
"""Sentences that pages make in English first, since they are stored or mixed with others."""
