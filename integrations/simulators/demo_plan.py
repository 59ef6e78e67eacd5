# ruff: noqa: E501 - one line per key result reads best
"""The demo company's plan for the quarter, as a plan file."""

from collections.abc import Mapping
from datetime import date

PLAN = """\
# The plan of Acme, an invented company, for {cycle}.
worklift: 1
cycles:
  - {{key: {cycle}, start: {start}, end: {end}}}
teams:
  - {{key: acme, name: Acme, kind: company, lead: chief-executive}}
  - {{key: engineering, name: Engineering, kind: department, parent: acme, lead: engineering-head}}
  - {{key: product, name: Product, kind: department, parent: acme, lead: product-head}}
  - {{key: platform, name: Platform, kind: team, parent: engineering, lead: platform-lead}}
  - {{key: payments, name: Payments, kind: team, parent: engineering, lead: payments-lead}}
  - {{key: web, name: Web shop, kind: team, parent: engineering, lead: web-lead}}
  - {{key: app, name: Shopping app, kind: team, parent: product, lead: app-lead}}
  - {{key: docs, name: Developer guides, kind: team, parent: product, lead: docs-lead}}
people:
  - {{key: chief-executive, name: Chief executive, teams: [acme], role: viewer}}
  - {{key: engineering-head, name: Head of engineering, teams: [engineering], role: lead}}
  - {{key: product-head, name: Head of product, teams: [product], role: lead}}
  - {{key: platform-lead, name: Platform lead, teams: [platform], role: lead}}
  - {{key: payments-lead, name: Payments lead, teams: [payments], role: lead}}
  - {{key: web-lead, name: Web shop lead, teams: [web], role: lead}}
  - {{key: app-lead, name: Shopping app lead, teams: [app], role: lead}}
  - {{key: docs-lead, name: Developer guides lead, teams: [docs], role: lead}}
  - {{key: platform-engineer, name: Platform engineer, teams: [platform], role: member, jira: "{platform_engineer}", github: platform-engineer}}
  - {{key: payments-engineer, name: Payments engineer, teams: [payments], role: member, jira: "{payments_engineer}", github: payments-engineer}}
  - {{key: app-engineer, name: App engineer, teams: [app], role: member, jira: "{app_engineer}"}}
objectives:
  - key: O-1
    cycle: {cycle}
    team: acme
    title: Customers trust every payment
    kind: committed
    owner: chief-executive
    key_results:
      - {{key: KR-1, title: Payments that succeed at the first try, kind: at_least, target: 99.0, unit: "%", value: 99.2}}
      - key: KR-2
        title: Open payment bugs from {pay_bugs} to {pay_target}
        kind: decrease
        start: {pay_bugs}
        target: {pay_target}
        unit: bugs
        links:
          - {{scope: "jira:jql:project = PAY AND type = Bug", measure: {{number: count, over: open}}}}
      - {{key: KR-3, title: Failed payments, kind: at_most, target: 0.4, unit: "%", value: 0.3, guardrail: true}}
      - {{key: KR-21, title: Every way money takes is finished, kind: increase, start: 0, target: 100, unit: "%", weight: 2, progress_from: supports}}
  - key: O-2
    cycle: {cycle}
    team: acme
    title: Shopping feels instant everywhere
    kind: aspirational
    owner: chief-executive
    key_results:
      - {{key: KR-4, title: Visitors who buy, kind: increase, start: 2.4, target: 3.2, unit: "%", value: 2.7}}
      - key: KR-5
        title: Finish the work on speed in shop and app
        kind: increase
        start: 0
        target: 100
        unit: "%"
        combine: weighted
        links:
          - {{scope: "jira:epic:{start_epic}", measure: {{share: count}}, weight: 1}}
          - {{scope: "github:milestone:{speed}", measure: {{share: count}}, weight: 2}}
  - key: O-3
    cycle: {cycle}
    team: platform
    title: Payments never wait for a server
    kind: committed
    supports: [KR-21, O-8]
    owner: platform-lead
    key_results:
      - key: KR-6
        title: Finish the queue migration
        kind: increase
        start: 0
        target: 100
        unit: "%"
        weight: 2
        combine: weighted
        links:
          - {{scope: "jira:epic:{queue}", measure: {{share: count}}, weight: 2}}
          - {{scope: "github:milestone:{consumers}", measure: {{share: count}}, weight: 1}}
      - key: KR-7
        title: Every alert in one place
        kind: increase
        start: 0
        target: 100
        unit: "%"
        links:
          - {{scope: "jira:epic:{alerts}", measure: {{share: count}}, statuses: {{doing: 0.5}}}}
      - {{key: KR-8, title: Monthly server cost, kind: between, limits: [18, 24], unit: k€, value: 22.5, guardrail: true}}
  - key: O-4
    cycle: {cycle}
    team: payments
    title: Money moves the same day
    kind: committed
    supports: [{{key: KR-21, weight: 2}}]
    owner: payments-lead
    key_results:
      - key: KR-9
        title: Same-day refunds and silent retries
        kind: increase
        start: 0
        target: 100
        unit: "%"
        combine: pooled
        links:
          - {{scope: "jira:epic:{refunds}", measure: {{share: points}}, unestimated: median}}
          - {{scope: "jira:epic:{retries}", measure: {{share: points}}, unestimated: median}}
      - key: KR-10
        title: Card vault in our own hands
        kind: increase
        start: 0
        target: 100
        unit: "%"
        curve: late
        links:
          - {{scope: "jira:epic:{vault}", measure: {{share: count}}, labels: [security]}}
  - key: O-5
    cycle: {cycle}
    team: web
    title: The web shop is fast and finished
    kind: aspirational
    supports: O-2
    owner: web-lead
    key_results:
      - key: KR-11
        title: Fast pages
        kind: increase
        start: 0
        target: 100
        unit: "%"
        links:
          - {{scope: "github:milestone:{speed}", measure: {{share: count}}}}
      - key: KR-12
        title: New checkout on the web
        kind: increase
        start: 0
        target: 100
        unit: "%"
        links:
          - {{scope: "github:milestone:{checkout3}", measure: {{share: count}}}}
  - key: O-6
    cycle: {cycle}
    team: app
    title: Buying takes three taps
    kind: aspirational
    supports: [O-2, {{key: O-9, weight: 2}}]
    owner: app-lead
    key_results:
      - key: KR-13
        title: Checkout in three taps
        kind: increase
        start: 0
        target: 100
        unit: "%"
        links:
          - {{scope: "jira:epic:{checkout}", measure: {{share: points}}, unestimated: "default:3"}}
      - key: KR-14
        title: Everyone can use the app
        kind: increase
        start: 0
        target: 100
        unit: "%"
        links:
          - {{scope: "jira:label:APP/accessibility", measure: {{share: count}}}}
      - {{key: KR-15, title: Rating in the stores, kind: at_least, target: 4.5, unit: stars, value: 4.3}}
  - key: O-7
    cycle: {cycle}
    team: docs
    title: Developers help themselves
    kind: aspirational
    supports: O-9
    owner: docs-lead
    key_results:
      - key: KR-16
        title: Publish ten guides
        kind: increase
        start: 0
        target: 10
        unit: guides
        curve: steps
        steps: {{{month2}: 3, {month3}: 7}}
        links:
          - {{scope: "github:milestone:{guides}", measure: {{number: count, over: done}}}}
      - {{key: KR-17, title: Developers who would recommend us, kind: increase, start: 31, target: 45}}
  - key: O-9
    cycle: {cycle}
    team: product
    title: Nobody has to ask how it works
    kind: aspirational
    takes: children
    owner: product-head
    key_results: []
  - key: O-8
    cycle: {cycle}
    team: engineering
    title: We ship without fear
    kind: committed
    owner: engineering-head
    key_results:
      - key: KR-18
        title: Builds in under five minutes
        kind: increase
        start: 0
        target: 100
        unit: "%"
        needs_confirmation: true
        links:
          - {{scope: "jira:epic:{builds}", measure: {{share: count}}}}
      - {{key: KR-19, title: Disaster recovery rehearsed, kind: done, value: true}}
      - key: KR-20
        title: API 3 ready for partners
        kind: increase
        start: 0
        target: 100
        unit: "%"
        links:
          - {{scope: "github:milestone:{api3}", measure: {{share: count}}, pull_requests: true}}
"""


def text(
    cycle: str, start: date, end: date, places: Mapping[str, str], bugs: Mapping[str, int]
) -> str:
    """The plan file; ``places`` are epic keys and milestones by the name of their effort."""
    named = {("start_epic" if name == "start" else name): place for name, place in places.items()}
    return PLAN.format(
        cycle=cycle, start=start, end=end, **named,
        month2=start.replace(month=start.month + 1), month3=start.replace(month=start.month + 2),
        pay_bugs=bugs["PAY"], pay_target=bugs["PAY"] * 3 // 10,
    )  # fmt: skip
