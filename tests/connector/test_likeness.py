"""Titles of key results find the work they mean, and nothing where none is meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.likeness import Corpus, stems

WORK = (
    "Migrate billing events to Kafka",
    "Queue consumers v2",
    "Move payments to the new queue",
    "Search relevance tuning",
    "Autocomplete for product search",
    "Dark mode",
    "Accessibility audit fixes",
    "Onboarding checklist for new shops",
    "Self-service refunds",
    "Refund emails and receipts",
    "Two-factor authentication for admins",
    "Single sign-on with SAML",
    "Page speed: images and fonts",
    "Mobile checkout redesign",
    "Guest checkout",
    "Data warehouse: nightly exports",
    "Data retention and deletion",
    "Alert routing by team",
    "Runbooks for every alert",
    "Incident review process",
    "Cost dashboards per service",
    "Rightsize the Kubernetes clusters",
    "Upgrade to PostgreSQL 17",
    "Flaky test hunt",
    "Faster CI: caching and sharding",
    "API v3 beta",
    "Deprecate API v1",
    "SDK for Python",
    "Documentation rewrite",
    "Translations: Korean and Indonesian",
    "Fraud rules engine",
    "Chargeback automation",
    "Loyalty points",
    "Gift cards",
    "Seller analytics dashboard",
    "Inventory sync with warehouses",
    "Shipping label printing",
    "Carbon footprint of deliveries",
    "Customer support macros",
    "Help centre articles",
)
MEANT = (
    ("Finish the migration of billing to Kafka", "Migrate billing events to Kafka"),
    ("All payments run over the new queue", "Move payments to the new queue"),
    ("Product search completes what people type", "Autocomplete for product search"),
    ("Everyone can use it: all audit findings on accessibility fixed", "Accessibility audit fixes"),
    ("New shops finish onboarding in a day", "Onboarding checklist for new shops"),
    ("Customers refund themselves with self-service", "Self-service refunds"),
    ("Every admin signs in with two factors", "Two-factor authentication for admins"),
    ("Pages load fast: speed of images", "Page speed: images and fonts"),
    ("Redesigned checkout on mobile", "Mobile checkout redesign"),
    ("Nightly exports reach the warehouse", "Data warehouse: nightly exports"),
    ("Every alert has a runbook", "Runbooks for every alert"),
    ("Alerts are routed to the right team", "Alert routing by team"),
    ("Kubernetes clusters of the right size", "Rightsize the Kubernetes clusters"),
    ("All databases on PostgreSQL 17", "Upgrade to PostgreSQL 17"),
    ("CI twice as fast by caching and sharding tests", "Faster CI: caching and sharding"),
    ("Half of the chargebacks are automated", "Chargeback automation"),
    ("Python SDK is generally available", "SDK for Python"),
    ("Rewrite the documentation", "Documentation rewrite"),
    ("Korean and Indonesian translations are complete", "Translations: Korean and Indonesian"),
    ("Sellers see their analytics in a dashboard", "Seller analytics dashboard"),
)
NOT_MEANT = (
    "Employee engagement score above 80",
    "Hire six engineers by June",
    "Net revenue retention at 115 percent",
    "Keep uptime at 99.9",
    "Visitors who buy",
    "Rating in the app stores",
    "Win three public references",
    "Close the year with positive margins",
    "Nobody works on weekends",
    "Churn below two percent a month",
)
CORPUS = Corpus({title: title for title in WORK})


def first(title: str) -> str | None:
    return next((each.of for each in CORPUS.alike(title)), None)


def test_the_work_that_is_meant_comes_first_for_nearly_all() -> None:
    missed = [(title, first(title)) for title, meant in MEANT if first(title) != meant]
    assert len(missed) <= len(MEANT) // 10, missed


def test_nothing_is_found_where_nothing_is_meant() -> None:
    assert [(title, found) for title in NOT_MEANT if (found := CORPUS.alike(title))] == []


def test_what_is_alike_is_explained_by_the_shared_words() -> None:
    (found, *_) = CORPUS.alike("Finish the migration of billing to Kafka")
    assert set(found.words) == {"migration", "billing", "kafka"}
    assert found.is_strong
    (weak,) = CORPUS.alike("Finish the queue migration")
    assert (weak.words, weak.is_strong) == (("migration",), False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("migration", "migrating"),
        ("payments", "payment"),
        ("retries", "retry"),
        ("consumers", "consuming"),
        ("running", "runs"),
        ("accessibility", "accessible"),
        ("released", "releasing"),
    ],
)
def test_forms_of_a_word_are_one(one: str, other: str) -> None:
    assert stems(one).keys() == stems(other).keys() or not stems(one)


def test_other_scripts_are_compared_by_pairs_of_signs() -> None:
    corpus = Corpus({"queue": "결제 대기열 이전", "search": "검색 품질 개선"})
    (found,) = corpus.alike("대기열을 새 시스템으로 이전")
    assert found.of == "queue"
    assert "이전" in found.words


@given(st.lists(st.text(max_size=30), max_size=8), st.text(max_size=30))
@settings(max_examples=60)
def test_a_likeness_is_a_share_and_a_title_is_most_like_itself(
    titles: list[str], asked: str
) -> None:
    corpus = Corpus(dict(enumerate([*titles, asked])))
    found = corpus.alike(asked, most=20)
    assert all(0 < each.score <= 1 + 1e-9 and each.words for each in found)
    if stems(asked):
        assert max(each.score for each in found) == pytest.approx(1)
        assert len(titles) in {each.of for each in found if each.score > 1 - 1e-6}
