"""What the demo company works on: its epics, bugs, repositories and milestones, as plain text."""

from dataclasses import dataclass
from typing import Literal

Pace = Literal["ahead", "on_track", "at_risk", "off_track", "finished"]


@dataclass(frozen=True)
class Effort:
    """An epic or a milestone: where it is, how it goes, and what belongs to it."""

    name: str
    place: str
    """A Jira project or a repository."""
    title: str
    pace: Pace
    work: tuple[str, ...]
    owner: str = ""
    label: str = ""


PROJECTS = {"PLAT": "Platform", "PAY": "Payments", "APP": "Shopping app"}
REPOSITORIES = ("acme/api", "acme/web", "acme/docs")

EPICS = (
    Effort("queue", "PLAT", "Move payments to the new queue", "on_track", (
        "Write down what the old queue promises", "Choose message keys and partitions",
        "Publish payment events to both queues", "Consumer for authorisations",
        "Consumer for captures", "Consumer for refunds", "Replay tool for a lost hour",
        "Alert on consumer lag", "Load test at three times the peak",
        "Run book for a stuck partition",
        "Switch reads to the new queue", "Switch writes to the new queue",
        "Compare both queues for a week", "Drain the old queue", "Remove the old client library",
        "Hand over to on-call"), "Platform engineer"),
    Effort("alerts", "PLAT", "One place for every alert", "at_risk", (
        "List all alerts and who gets them", "Delete alerts nobody answered in a year",
        "Route alerts by team", "Severity levels with examples", "Quiet hours by team",
        "Dashboard of open alerts", "Link each alert to its run book", "Weekly alert review",
        "Alert on missing alerts"), "Platform engineer"),
    Effort("builds", "PLAT", "Builds in under five minutes", "finished", (
        "Measure where build minutes go", "Cache dependencies between runs",
        "Run tests on four machines", "Skip what did not change", "Retire the nightly build",
        "Show build times on the dashboard"), "Platform engineer"),
    Effort("refunds", "PAY", "Refunds on the same day", "at_risk", (
        "Ask banks for instant refunds", "Refund rules in one table", "Partial refunds",
        "Refund to another card", "Refund status in the back office", "Tell customers by message",
        "Limits per shop", "Nightly check against the ledger", "Refund from the app",
        "Chargeback after refund", "Report for finance", "Train the support team"),
        "Payments engineer", "refunds"),
    Effort("retries", "PAY", "Retries nobody notices", "on_track", (
        "Sort failures into kinds", "Retry soft declines", "Wait longer each time",
        "Never charge twice", "Second provider as a fallback", "Metrics by bank",
        "Stop retries on fraud", "Explain the failure to the customer",
        "Retry subscriptions at night", "Contract tests with both providers"),
        "Payments engineer"),
    Effort("vault", "PAY", "Card vault in our own hands", "off_track", (
        "Threat model of the vault", "Key ceremony", "Encrypt card numbers at rest",
        "Token service", "Import tokens from the provider", "Audit log of every read",
        "Rotate keys without downtime", "Penetration test", "Fix what the test found",
        "Move the first shop", "Move all shops", "Close the provider contract"),
        "Payments engineer", "security"),
    Effort("checkout", "APP", "Checkout in three taps", "off_track", (
        "Measure taps and time today", "Remember the last address", "Remember the last card",
        "One-page basket", "Pay by wallet", "Guess the delivery date", "Vouchers without a form",
        "Guest checkout", "Undo for ten seconds", "Test with twenty customers",
        "Roll out to one in ten", "Roll out to all"), "App engineer"),
    Effort("start", "APP", "Open in under a second", "ahead", (
        "Measure cold starts on old phones", "Load the catalogue later", "Smaller start image",
        "Drop two analytics libraries", "Cache the home page", "Start the network early",
        "Budget check in every build", "Compare with last release"), "App engineer"),
    Effort("access", "APP", "Usable by everyone", "on_track", (
        "Screen reader labels on every button", "Contrast in both themes", "Larger text everywhere",
        "Keyboard on tablets", "Captions in product films", "No time limits in checkout",
        "Audit by an outside tester", "Fix the audit's findings", "Accessibility statement"),
        "App engineer", "accessibility"),
)  # fmt: skip

MILESTONES = (
    Effort("consumers", "acme/api", "Queue consumers", "on_track", (
        "Typed payment events", "Back-pressure for slow consumers", "Dead letters with a reason",
        "Metrics per consumer", "Retry budget per message", "Graceful stop",
        "Example consumer", "Chaos test in staging", "Upgrade guide"), "Platform engineer"),
    Effort("api3", "acme/api", "API 3", "at_risk", (
        "Cursor paging everywhere", "One error format", "Idempotency keys",
        "Webhooks with signatures",
        "Rate limit headers", "Deprecate version 1", "Client for Python", "Client for TypeScript",
        "Sandbox accounts", "Changelog feed"), "Payments engineer"),
    Effort("speed", "acme/web", "Fast pages", "at_risk", (
        "Images in modern formats", "Ship half the script", "Render the first page on the server",
        "Fonts without a flash", "Cache product pages", "Prefetch on hover",
        "Watch real visitors' timings", "Fix layout shifts", "Lazy reviews",
        "Speed budget in builds",
        "Drop the old carousel")),
    Effort("checkout3", "acme/web", "New checkout", "ahead", (
        "Address form", "Card form", "Basket summary", "Voucher field", "Errors next to fields",
        "Order confirmation", "Empty basket page", "Browser tests")),
    Effort("guides", "acme/docs", "Guides rewrite", "on_track", (
        "First payment in ten minutes", "Refunds guide", "Webhooks guide", "Testing guide",
        "Going live checklist", "Errors explained", "Migration from version 1",
        "Subscriptions guide",
        "Glossary", "Security guide", "Mobile guide", "Marketplace guide", "Tax guide",
        "Disputes guide")),
)  # fmt: skip

BUGS = {
    "PAY": ("Wrong currency on receipt", "Refund shown twice", "Timeout at a slow bank",
            "Receipt without a shop name", "Retry after a final decline", "Rounding in reports",
            "Old card offered again", "Voucher counted twice", "Statement text cut off",
            "Ledger check fails on leap day", "Wrong time zone in export"),
    "APP": ("Crash when rotating the phone", "Basket empties after login", "Price flickers",
            "Push message opens the wrong page", "Photo upside down", "Search forgets filters",
            "Dark mode button unreadable", "Back button leaves checkout"),
    "PLAT": ("Log line without request id", "Stale cache after deploy", "Flaky health check",
             "Dashboard shows no data at midnight"),
}  # fmt: skip

PULL_REQUESTS = ("Fix the tests", "Upgrade dependencies", "Tidy up names", "Small clean-up")
SHELVED = {
    "queue": ("Run the queue in a second region", ""), "vault": ("Store bank accounts too", ""),
    "refunds": ("Refunds as shop vouchers", "APP"), "checkout": ("Split the bill", ""),
}  # fmt: skip
"""By epic: what was taken out of it again, and the project it went to, if any."""

SUBTASKS = ("Write the tests", "Write the code", "Review with the team", "Update the run book")
