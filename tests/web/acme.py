"""The company the page tests look at: every health, both trackers, every kind of reason."""

import tempfile
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from connector.okr import Measure
from connector.store import tables as t
from tests.web.company import Company
from tests.web.world import World, make


def fill(world: World) -> None:
    """Put it into a world's database, which nobody has opened yet."""
    (world.runtime.settings.home / "worklift.db").write_bytes(_filled())


@cache
def _filled() -> bytes:
    """The database it is in: making it takes longer than most tests of it."""
    with tempfile.TemporaryDirectory() as folder:
        world = make(Path(folder))
        with world.runtime.store.write() as session:
            build(Company(session, world.clock()))
        world.runtime.store.close()
        return Path(folder, "worklift.db").read_bytes()


def build(c: Company) -> None:
    """Company, two departments, four teams, two connections."""
    c.cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))
    cycle = c.cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
    c.team("acme", "Acme", "company")
    c.team("infra", "Infrastructure", "department", "acme")
    c.team("platform", "Platform", "team", "infra")
    c.team("data-platform", "Storage and search", "team", "infra")
    c.team("product", "Product", "department", "acme")
    c.team("payments", "Payments", "team", "product")
    c.team("mobile", "Mobile apps", "team", "product")
    jira = c.connection("jira", "jira", "https://acme.example.com", delivered_at=c.now)
    github = c.connection("code", "github", "https://api.github.example.com")
    old = c.connection(
        "jira-eu", "jira", "https://eu.example.com", broken_at=c.now - timedelta(days=3)
    )
    old.error = "the token was refused (401): it expired or was revoked"
    plat, api = c.source(jira, ""), c.source(github, "acme/api")
    tired = c.source(old, "", looked_at=c.now - timedelta(days=3), error="the token was refused")
    tired.failing_since = c.now - timedelta(days=3)
    _company_level(c, cycle)
    _platform(c, cycle, plat, api)
    _others(c, cycle, plat, tired)
    c.session.add(
        t.UnreadableItem(
            source_id=api.id,
            external_id="9",
            key="acme/api#9",
            field="state",
            message="is neither open nor closed",
            since=c.now,
        )
    )
    c.score()


def _company_level(c: Company, cycle: t.Cycle) -> None:
    trust = c.objective(cycle, "acme", "O-0", "Customers trust every payment")
    c.key_result(trust, "KR-01", "Payments that arrive within a minute", target=99.0, value=71.0)
    c.key_result(
        trust,
        "KR-0",
        "Failed payments",
        kind="at_most",
        start=None,
        target=0.1,
        value=0.3,
        guardrail=True,
    )
    grow = c.objective(cycle, "acme", "O-9", "Be the tool teams ask for", kind="aspirational")
    c.key_result(grow, "KR-91", "Teams that use it every week", unit="", target=400.0, value=212.0)


def _platform(c: Company, cycle: t.Cycle, plat: t.Source, api: t.Source) -> None:
    wait = c.objective(cycle, "platform", "O-1", "Payments never wait", supports="O-0")
    move = c.key_result(wait, "KR-1", "Finish the queue migration", combine="weighted")
    epic = c.link(move, plat, "jira:epic:PLAT-42", "Queue migration")
    c.work(epic, plat, "PLAT-", "d" * 34 + "g" * 6 + "t" * 20 + "x" * 4)
    milestone = c.link(move, api, "github:milestone:acme/api/7", "Queue 2.0", weight=2.0)
    c.work(milestone, api, "acme/api#", "ddddggtt")
    bugs = c.key_result(
        wait, "KR-2", "Open bugs from 120 to 40", kind="decrease", start=120.0, target=40.0, unit=""
    )
    number = Measure(of="count", aggregate="count", over="open")
    query = c.link(bugs, plat, "jira:jql:project = PLAT AND type = Bug", measure=number)
    c.work(query, plat, "BUG-", "t" * 38)
    c.key_result(wait, "KR-3", "Uptime", kind="at_least", start=None, target=99.9, value=99.95)
    calm = c.objective(cycle, "platform", "O-2", "Nights are quiet", kind="aspirational")
    c.key_result(
        calm, "KR-4", "Pages at night", kind="decrease", start=30.0, target=5.0, unit="", value=24.0
    )


def _others(c: Company, cycle: t.Cycle, plat: t.Source, tired: t.Source) -> None:
    refund = c.objective(cycle, "payments", "O-3", "Refunds explain themselves", supports="O-0")
    pages = c.key_result(refund, "KR-5", "Refund pages shipped in all countries")
    link = c.link(pages, tired, "jira:version:PAY/2.4", "Release 2.4")
    c.work(link, tired, "PAY-", "dddtt")
    phone = c.objective(cycle, "mobile", "O-4", "The app starts before you notice")
    quick = c.key_result(phone, "KR-6", "Start-up work finished")
    epic = c.link(quick, plat, "jira:epic:APP-1", "Start-up time")
    c.work(epic, plat, "APP-", "dddddddd")
    search = c.objective(cycle, "data-platform", "O-5", "Search finds it the first time")
    c.key_result(
        search,
        "KR-7",
        "Searches without a result",
        kind="decrease",
        start=18.0,
        target=6.0,
        value=19.5,
    )
    c.key_result(search, "KR-8", "Index rebuild works")
