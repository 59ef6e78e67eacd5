"""A whole plan, and short ways to read, apply and refuse one."""

from collections.abc import Callable
from textwrap import dedent

import pytest

from connector.errors import Refused
from connector.plans import Changes, Check, Stored, diff, parse

EXAMPLE = """\
worklift: 1
cycles:     [{key: 2026-Q4, start: 2026-10-01, end: 2026-12-31}]
teams:      [{key: acme, name: Acme, kind: company}, {key: platform, name: Platform, kind: team, parent: acme}]
people:     [{key: platform-lead, name: Platform lead, teams: [platform], role: lead, jira: ACCOUNT-ID, github: LOGIN}]
objectives:
  - {key: O-0, cycle: 2026-Q4, team: acme, title: Customers trust every payment, kind: committed, key_results: [{key: KR-0, title: Failed payments, kind: at_most, target: 0.1, unit: "%", value: 0.3, guardrail: true}]}
  - key: O-1
    cycle: 2026-Q4
    team: platform
    title: Payments never wait
    kind: aspirational            # or committed
    supports: O-0                 # an objective or key result above, optional
    owner: platform-lead
    weight: 1
    key_results:
      - key: KR-1
        title: Finish the queue migration
        kind: increase            # increase, decrease, reach, at_least, at_most, between, done
        start: 0
        target: 100
        unit: "%"
        weight: 1
        combine: weighted         # pooled (default) or weighted; sum, avg, min, max for numbers
        links:
          - {scope: "jira:epic:PLAT-42", measure: {share: count}}
          - {scope: "github:milestone:acme/api/7", measure: {share: points}, unestimated: zero, dropped: exclude, weight: 2}
      - key: KR-2
        title: Open bugs from 120 to 40
        kind: decrease
        start: 120
        target: 40
        links: [{scope: "jira:jql:project = PLAT AND type = Bug", measure: {number: count, over: open}}]
      - {key: KR-3, title: Uptime, kind: at_least, target: 99.9, unit: "%", value: 99.95}   # typed by a person
"""  # noqa: E501

Apply = Callable[..., tuple[Changes, Stored]]
Refusals = Callable[..., list[str]]


EMPTY = Stored()


def anything_goes(_: object) -> None:
    """A check that understands every scope."""


@pytest.fixture
def example() -> str:
    return EXAMPLE


@pytest.fixture
def apply() -> Apply:
    """Apply a plan to what is stored: what changed, and what is stored then."""

    def applied(
        text: str, stored: Stored = EMPTY, check: Check = anything_goes
    ) -> tuple[Changes, Stored]:
        changes = diff(parse(dedent(text)), stored, check)
        written = {(each.kind, each.cycle, each.key): each.fields for each in changes.changes}
        return changes, Stored({**stored.records, **written})

    return applied


@pytest.fixture
def refusals(apply: Apply) -> Refusals:
    """The problems for which a plan is refused."""

    def refused(text: str, stored: Stored = EMPTY, check: Check = anything_goes) -> list[str]:
        with pytest.raises(Refused) as caught:
            apply(text, stored, check)
        return list(caught.value.problems)

    return refused
