"""From scopes to one JQL, and what people may write as JQL."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import Refused
from connector.scopes import Below, Matching, Tagged
from integrations import catalogue
from integrations.jira.jql import normal, quote
from integrations.jira.profile import Profile
from integrations.jira.query import conditions, together
from integrations.tracker import Need

CLOUD = Profile(browse="https://x", deployment="cloud")
SERVER = Profile(browse="https://x", deployment="datacenter", epic_link="customfield_10014")


def jql(*scopes, profile=CLOUD, parents=(), since=None, narrow=False):
    need = Need(scopes=frozenset(scopes), parents=frozenset(parents), narrow=narrow)
    return together(conditions(need, profile), since)


def test_all_scopes_become_one_bounded_query_in_a_stable_order():
    assert jql(
        ("epic", "plat-42"), ("project", "CORE"), ("label", "WEB/okr"),
        ("jql", "type = Bug OR x = 1"),
        parents=("PLAT-43",), since=1790000000000,
    ) == (
        '(project in ("PLAT", "WEB", "CORE") OR key in ("PLAT-42")'
        ' OR parent in ("PLAT-42", "PLAT-43")'
        " OR (type = Bug OR x = 1)) AND updated >= 1790000000000 ORDER BY created ASC, id ASC"
    )  # fmt: skip


def test_data_center_asks_for_the_epic_link_too():
    assert jql(("epic", "PLAT-42"), profile=SERVER) == (
        'project in ("PLAT") OR key in ("PLAT-42") OR parent in ("PLAT-42")'
        ' OR cf[10014] in ("PLAT-42") ORDER BY created ASC, id ASC'
    )


def test_what_lies_below_an_initiative_is_asked_for_where_roadmaps_are_installed():
    planned = replace(SERVER, parent_link="customfield_10018")
    assert jql(("epic", "PLAT-1"), parents=("PLAT-42",), profile=planned, narrow=True) == (
        'key in ("PLAT-1") OR parent in ("PLAT-1", "PLAT-42")'
        ' OR cf[10014] in ("PLAT-1", "PLAT-42") OR cf[10018] in ("PLAT-1", "PLAT-42")'
        " ORDER BY created ASC, id ASC"
    )


def test_a_version_is_named_so_that_jira_can_say_it_does_not_exist():
    assert '(project = "PLAT" AND fixVersion = "1.0 \\"beta\\"/x")' in jql(
        ("version", 'PLAT/1.0 "beta"/x')
    )


@pytest.mark.parametrize(
    ("kind", "value", "asked"),
    [
        ("epic", "a-1", 'key in ("A-1") OR parent in ("A-1") OR cf[10014] in ("A-1")'),
        ("version", "plat/2.0", '(project = "PLAT" AND fixVersion = "2.0")'),
        ("component", "plat/UI", '(project = "PLAT" AND component = "UI")'),
        ("label", "plat/okr", '(project = "PLAT" AND labels = "okr")'),
        ("project", "plat", 'project in ("PLAT")'),
        ("sprint", "7", "(sprint = 7)"),
        ("jql", "type = Bug", "(type = Bug)"),
    ],
)  # fmt: skip
def test_a_narrow_need_asks_only_for_what_lies_in_the_scope(kind, value, asked):
    found = jql((kind, value), profile=SERVER, narrow=True)
    assert found == f"{asked} ORDER BY created ASC, id ASC"


def test_the_same_condition_is_asked_once():
    assert (
        jql(("version", "PLAT/1"), ("project", "plat"), ("epic", "PLAT-1")).count("project in") == 1
    )


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("project = PLAT order by key", "project = PLAT"),
        ("project = PLAT ORDER  BY rank DESC, key", "project = PLAT"),
        ("project = PLAT\nAND type = Bug\tOrder\nBy x", "project = PLAT AND type = Bug"),
        ('summary ~ "order by mail"', 'summary ~ "order by mail"'),
        ("summary ~ 'order by mail' order by key", "summary ~ 'order by mail'"),
        (r'summary ~ "a \" order by b" ORDER BY c', r'summary ~ "a \" order by b"'),
        ('summary ~ "(" AND (a = 1)', 'summary ~ "(" AND (a = 1)'),
        ('"Border by" = 1', '"Border by" = 1'),
    ],
)
def test_the_order_is_dropped_outside_quotes_only(written, kept):
    assert normal(written) == kept
    assert normal(kept) == kept


@pytest.mark.parametrize(
    "written",
    ["", "  ", "ORDER BY key", "a = 1) OR (b = 2", "(a = 1", "a = 1)", 'a = "x', "a = 'x",
     r'a = "x\"', ") OR (", "x" * 5001, 'a = "1" OR b = "2'],
)  # fmt: skip
def test_what_could_break_out_of_its_brackets_is_refused(written):
    with pytest.raises(Refused):
        normal(written)


@given(st.text(max_size=60))
def test_any_text_is_one_closed_query_or_refused(text):
    try:
        kept = normal(text)
    except Refused:
        return
    assert normal(f"({kept})") == f"({kept})"
    assert "\n" not in kept


@given(st.text(max_size=40))
def test_a_quoted_text_closes_where_it_should(text):
    assert normal(f"a = {quote(text)} ORDER BY b").startswith("a = ")
    assert "ORDER BY b" not in normal(f"a = {quote(text)} ORDER BY b")[-10:] or "ORDER" in text


@pytest.mark.parametrize(
    ("kind", "value", "selector"),
    [
        ("epic", "plat-42", Below("PLAT-42")),
        ("project", "plat", Tagged("project:PLAT")),
        ("version", "plat/Release 2/b", Tagged("version:PLAT/release 2/b")),
        ("component", "PLAT/UI", Tagged("component:PLAT/ui")),
        ("label", "plat/OKR", Tagged("label:PLAT/OKR")),
        ("sprint", "007", Tagged("sprint:7")),
        ("jql", "project = PLAT ORDER BY x", Matching("project = PLAT")),
    ],
)
def test_values_are_selected_in_one_form(kind, value, selector):
    assert catalogue.get("jira").spec.kind(kind).select(value) == selector


@pytest.mark.parametrize(
    ("tracker", "kind", "value"),
    [
        ("jira", "epic", "PLAT"), ("jira", "epic", "PLAT-"), ("jira", "epic", "42"),
        ("jira", "epic", "PLAT-1 OR 1=1"), ("jira", "project", "PL AT"), ("jira", "project", "1A"),
        ("jira", "project", 'P"'), ("jira", "version", "PLAT"), ("jira", "version", "PLAT/"),
        ("jira", "label", "/x"), ("jira", "sprint", "x"), ("jira", "sprint", "-1"),
        ("jira", "sprint", "７"), ("jira", "jql", "ORDER BY x"),
        ("github", "repo", "acme"), ("github", "repo", "acme/api/x"), ("github", "repo", "acme/.."),
        ("github", "repo", "../../user"), ("github", "repo", "ac me/api"),
        ("github", "repo", "a/b?x"),
        ("github", "milestone", "acme/api"), ("github", "milestone", "acme/api/x"),
        ("github", "milestone", "acme/api/0"), ("github", "milestone", "acme/api/-1"),
        ("github", "milestone", "api/7"), ("github", "label", "acme/api"),
        ("github", "label", "acme/api/"),
    ],
)  # fmt: skip
def test_values_of_a_wrong_form_are_refused_with_the_right_one(tracker, kind, value):
    with pytest.raises(Refused, match=r"such as|bracket|condition"):
        catalogue.get(tracker).spec.kind(kind).select(value)


@pytest.mark.parametrize(
    ("kind", "value", "tag", "source"),
    [
        ("milestone", "Acme/API/007", "milestone:acme/api/7", "acme/api"),
        ("repo", "Acme/API", "repo:acme/api", "acme/api"),
        ("label", "Acme/API/Team/Good First", "label:acme/api/team/good first", "acme/api"),
    ],
)
def test_github_names_know_no_case(kind, value, tag, source):
    found = catalogue.get("github").spec.kind(kind)
    assert found.select(value) == Tagged(tag)
    assert found.source(value) == source
