"""What a tracker may offer beside reading is there when it is declared, and None when not."""

from datetime import UTC, datetime

import pytest

from connector.mapping.document import checked
from connector.work import Ref
from integrations import catalogue
from integrations.tracker import Account, Look, Need

OFFERS = {"finder": "finding", "writer": "writeback", "registrar": "registering"}


@pytest.mark.parametrize("name", sorted(OFFERS))
def test_an_offer_is_there_exactly_when_it_is_declared(driver, session, name):
    declared = OFFERS[name] in catalogue.get(driver.key).spec.capabilities
    assert (getattr(session, name) is not None) == declared


def test_consent_is_there_exactly_when_it_is_declared(driver):
    tracker = catalogue.get(driver.key)
    capabilities = tracker.spec.capabilities
    assert (tracker.consent is not None) == ("consent" in capabilities)
    assert (tracker.spec.sign_in is not None) == ("consent" in capabilities)
    makes = tracker.consent is not None and tracker.consent.maker is not None
    assert makes == ("app" in capabilities)


def test_asking_for_an_offer_makes_no_call(driver, account):
    before = len(driver.site.calls)
    opened = catalogue.get(driver.key).open(account)
    for name in (*OFFERS, "budget"):
        getattr(opened, name)
    assert len(driver.site.calls) == before
    opened.close()


def test_a_survey_names_what_a_mapping_needs(driver, session):
    survey = session.survey()
    assert survey.statuses
    assert {category for _, category in survey.statuses} >= {"todo", "done"}
    assert all(name for name, _ in survey.statuses)
    assert survey.types
    assert all(name and isinstance(level, int) for name, level in survey.types)
    assert all(survey.resolutions)
    assert all(ident and name for ident, name in survey.fields)
    assert all(note.endswith(".") for note in survey.notes)
    checked(dict(survey.proposed))


@pytest.mark.needs("budget")
def test_a_budget_is_what_the_limits_leave(driver, session):
    driver.limit(200)
    session.check()
    first = session.budget
    list(session.read(driver.source, driver.need(), None))
    second = session.budget
    assert second.limit == first.limit == 200
    assert 0 <= second.remaining < first.remaining <= 200
    assert second.resets_at is None or second.resets_at.tzinfo is not None


def test_what_an_account_reads_is_tested_with_it(driver, account):
    told = Account(name="main", url=account.url, token=account.token, options=account.options,
                   allow_private=True, scopes=driver.need().scopes)  # fmt: skip
    session = catalogue.get(driver.key).open(told)
    found = session.check()
    assert found.who
    assert all(sentence.endswith(".") for sentence in (*found.warnings, *found.notes))
    session.close()


def test_every_page_of_a_scope_leads_back_to_it(driver, account):
    spec, browse = catalogue.get(driver.key).spec, "https://tracker.example.com"
    for kind in spec.scope_kinds:
        page = kind.url(browse, kind.example)
        located = spec.locate(browse, page)
        assert located is not None, page
        assert located[0] == kind.kind, page
        assert kind.select(located[1]) == kind.select(kind.example)
        assert spec.locate("https://other.example.com", page) is None


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "https://", "https://tracker.example.com", "//", "http:",
     "https://tracker.example.com/x?y=z", "ftp://tracker.example.com/browse/PLAT-1", "https://tracker.example.com/%00/%ff"],
)  # fmt: skip
def test_addresses_that_show_no_scope_are_none(driver, url):
    assert catalogue.get(driver.key).spec.locate("https://tracker.example.com", url) is None


def found_by(session, driver):
    """What every word finds, and what every kind's example finds as that kind."""
    found = [each for text in driver.words for each in session.finder.search(text)]
    for kind in catalogue.get(driver.key).spec.scope_kinds:
        found += session.finder.search(kind.example.rpartition("/")[2], kind.kind)
    return found


@pytest.mark.needs("finding")
def test_what_is_found_can_be_linked_and_read(driver, session):
    kinds = {kind.kind: kind for kind in catalogue.get(driver.key).spec.scope_kinds}
    scopes = {(each.kind, each.value): each for each in found_by(session, driver)}
    assert {kind for kind, _ in scopes} == set(kinds)
    for (kind, value), each in scopes.items():
        assert each.title
        assert each.url.startswith(driver.running.url)
        assert kinds[kind].select(value)
        assert session.finder.judge(kind, value) is None
        source = kinds[kind].source(value)
        *_, look = session.read(source, Need(scopes=frozenset({(kind, value)})), None)
        assert isinstance(look, Look)
        assert not look.broken, each


@pytest.mark.needs("finding")
def test_every_search_finds_something_and_not_too_much(driver, session):
    for text in driver.words:
        found = session.finder.search(text)
        assert 1 <= len(found) <= 20, text
        assert len({(each.kind, each.value) for each in found}) == len(found)
    assert session.finder.search("no scope is called like this") == ()


@pytest.mark.needs("finding")
def test_a_search_of_one_kind_finds_that_kind_only(driver, session):
    for kind in catalogue.get(driver.key).spec.scope_kinds:
        for text in driver.words:
            assert {each.kind for each in session.finder.search(text, kind.kind)} <= {kind.kind}


@pytest.mark.needs("finding")
def test_a_pasted_address_is_found_as_its_scope(driver, session):
    for kind in catalogue.get(driver.key).spec.scope_kinds:
        (each, *_) = session.finder.search(kind.url(driver.running.url, kind.example))
        assert each.kind == kind.kind
        assert kind.select(each.value) == kind.select(kind.example)


@pytest.mark.needs("finding")
def test_a_scope_is_judged_before_it_is_linked(driver, session):
    for kind in catalogue.get(driver.key).spec.scope_kinds:
        assert session.finder.judge(kind.kind, kind.example) is None
    assert session.finder.judge(*driver.broken).endswith(".")


@pytest.mark.needs("finding")
def test_a_number_field_is_judged_before_it_is_measured_by(driver, session):
    (kind, *_) = catalogue.get(driver.key).spec.scope_kinds
    said = session.finder.objection(kind.kind, kind.example, "no such field")
    assert "no such field" in said
    for ident, _ in session.survey().fields:
        assert session.finder.objection(kind.kind, kind.example, ident) is None
        said = session.finder.objection(kind.kind, kind.example, f"{ident}x")
        assert ident.rpartition("/")[2] in said
        assert said.endswith(".")


@pytest.mark.needs("finding")
def test_what_is_found_is_not_changed_by_looking(driver, session):
    before = session.fetch(driver.source, [Ref(None, driver.add("Watched"))]).items
    found_by(session, driver)
    assert session.fetch(driver.source, [Ref(None, before[0].key)]).items == before
    assert before[0].updated_at <= datetime.now(UTC)
