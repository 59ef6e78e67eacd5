"""Field mappings and dry runs: what would change is said, and only saving changes it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Typed
from tests.world import key_result, link, plan
from web.words import THIN

MAPPING = "statuses: {In Progress: done}\nplaces: {PLAT: {weights: {doing: 0.4}}}\n"


@pytest.fixture
def begun(ready: Typed) -> Typed:
    """As ready, with PLAT-2 in progress and read."""
    ready.jira.site.transition("PLAT-2", "In Progress")
    ready("sync", "jira")
    return ready


def file(typed: Typed, text: str, name: str = "mapping.yaml") -> str:
    path = typed.home.parent / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def value(typed: Typed, key: str = "KR-1") -> Any:
    told = typed.json("score")["teams"][1]["objectives"][0]["key_results"]
    return {each["key"]: each["value"] for each in told}[key]


def test_a_mapping_is_tried_saved_told_and_brought_back(begun: Typed) -> None:
    path = file(begun, MAPPING)
    (tried,) = begun.json("preview", "mapping", "jira", path)["effects"]
    assert (tried["key_result"], tried["before"]["value"], tried["after"]["value"]) == (
        "KR-1", 25, 50,
    )  # fmt: skip
    assert begun.json("mapping", "set", "jira", path, "--dry-run")["effects"] == [tried]
    nothing = begun.json("mapping", "show", "jira")
    assert (nothing["version"], nothing["mapping"], value(begun)) == (None, {}, 25)

    said = ["--reason", "Begun is done here", "--author", "Lead"]
    saved = begun.json("mapping", "set", "jira", path, *said)
    assert saved == {"version": 1, "links": 1, "waiting": 0, "not_retold": 0}
    assert value(begun) == 50
    empty = file(begun, "", "empty.yaml")
    begun("mapping", "set", "jira", empty, "--reason", "Not so", "--reapply")
    assert value(begun) == 25
    again = begun("mapping", "restore", "jira", "1", "--reason", "It was right").stdout
    assert "field mapping version 3 saved, 1 link counted by it" in again
    assert value(begun) == 50

    shown = begun("mapping", "show", "jira", "--version", "1")
    assert yaml.safe_load(shown.stdout) == yaml.safe_load(MAPPING)
    assert "by Lead" in shown.stderr
    listed = begun.json("mapping", "versions", "jira")["versions"]
    assert [each["version"] for each in listed] == [3, 2, 1]
    assert [each["restores"] for each in listed] == [1, None, None]
    assert listed[1]["changed"] == ["statuses", "places"]
    assert list(listed[0]) == "version mapping author reason at restores changed".split()
    text = begun("mapping", "versions", "jira").stdout
    assert "as in version 1: It was right" in text
    assert "Lead: Begun is done here" in text


def test_what_changed_is_named_where_it_is(begun: Typed) -> None:
    for number, text in enumerate((MAPPING, MAPPING.replace("0.4", "0.6"))):
        path = file(begun, text, f"{number}.yaml")
        begun("mapping", "set", "jira", path, "--reason", "Tried")
    (newest, _) = begun.json("mapping", "versions", "jira")["versions"]
    assert newest["changed"] == ["places.PLAT.weights.doing"]


def test_a_wrong_mapping_is_refused_by_sentences_and_nothing_is_saved(begun: Typed) -> None:
    good, folder = file(begun, MAPPING), str(begun.home)
    binary = Path(begun.home.parent / "binary.yaml")
    binary.write_bytes(b"\xff\xfe")
    why = ["--reason", "Tried"]
    save = ["mapping", "set", "jira"]
    for command, sentence in (
        (
            [*save, file(begun, "weights: {doing: .nan}", "a.yaml"), *why],
            "a.yaml:1: mapping: '.nan'",
        ),
        ([*save, file(begun, "weights: {doing: -1}", "b.yaml"), *why], "-1 is out of place"),
        ([*save, file(begun, "statusses: {}", "c.yaml"), *why], "did you mean 'statuses'?"),
        ([*save, file(begun, "{", "d.yaml"), *why], "is not valid YAML"),
        ([*save, folder, *why], "cannot be read (is a directory); name a text file"),
        ([*save, f"{folder}/none.yaml", *why], "cannot be read (no such file"),
        ([*save, str(binary), *why], "is not UTF-8 text"),
        ([*save, good], "reason: say why"),
        (["mapping", "set", "moon", good, *why], "there is no connection 'moon'"),
        (["mapping", "show", "moon"], "there is no connection 'moon'; there are: github, jira"),
        (["mapping", "show", "jira", "--version", "2"], "no mapping version 2; there are: none"),
        (["mapping", "show", "jira", "--version", "new"], "'new' is out of place; write a whole"),
        (["mapping", "restore", "jira", "7", *why], "no mapping version 7; there are: none"),
        (["mapping", "restore", "jira", "-1", *why], "VERSION: '-1' is out of place"),
        (["preview", "mapping", "jira", folder], "cannot be read (is a directory)"),
        (["preview", "mapping", "moon", good], "there is no connection 'moon'"),
    ):
        assert sentence in begun.refused(*command)
    assert begun.json("mapping", "versions", "jira")["versions"] == []
    assert value(begun) == 25


def test_a_link_is_tried_before_it_is_made(begun: Typed) -> None:
    weighed = ["--scope", "jira:project:PLAT", "--rule", "{statuses: {doing: 0.5}}"]
    (tried,) = begun.json("preview", "link", "KR-1", *weighed)["effects"]
    assert (tried["before"]["value"], tried["after"]["value"]) == (25, 37.5)
    assert list(tried) == "cycle key_result scope before after effect overlaps problem".split()
    bugs = ["--scope", "jira:project:PLAT", "--rule", "{types: [Bug]}"]
    text = begun("preview", "link", "KR-2", *bugs).stdout
    assert "4 items, 0 counted" in text
    assert "not counted: 4 (PLAT-1, PLAT-2, PLAT-3, PLAT-4): " in text
    both = begun("preview", "link", "KR-2", "--scope", "jira:project:PLAT").stdout
    assert "KR-1 counts 4 (PLAT-1, PLAT-2, PLAT-3, PLAT-4) of them too" in both
    assert value(begun) == 25


def test_a_wrong_link_is_a_sentence(begun: Typed) -> None:
    linked = ["preview", "link", "KR-1", "--scope", "jira:project:PLAT", "--rule"]
    for command, sentence in (
        ([*linked, "{mesure: {share: points}}"], "'mesure' is not known in a link"),
        ([*linked, "{weight: -1}"], "the weight -1 is negative"),
        ([*linked, "{weight: .inf}"], "'.inf' is not a finite number"),
        ([*linked, "{scope: 'jira:project:X'}"], "give it by --scope alone"),
        ([*linked, "[points]"], "--rule: is a mapping such as"),
        ([*linked, "{"], "is not valid YAML"),
        ([*linked, "{measure: {number: count}}", "--cycle", "moon"], "there is no cycle 'moon'"),
        (["preview", "link", "KR-1", "--scope", "PLAT"], "PLAT"),
        (["preview", "link", "KR-1", "--scope", "moon:x:y"], "no tracker understands 'moon:x:y'"),
        (["preview", "link", "KR-9", "--scope", "jira:project:PLAT"], "no key result 'KR-9'"),
    ):
        assert sentence in begun.refused(*command)


def test_a_dry_run_of_a_plan_shows_what_its_links_would_do(begun: Typed) -> None:
    weighed = link("jira:project:PLAT", statuses={"doing": 0.5})
    path = begun.plan(key_result("KR-1", weighed), key_result("KR-5", link("jira:project:PLAT")))
    dry = begun("apply", path, "--dry-run").stdout
    assert "would be created: KR-5" in dry
    assert "would be updated: KR-1" in dry
    assert "value 25 → 37.5, score 0.25 → 0.38" in dry
    told = begun.json("apply", path, "--dry-run")["effects"]
    assert [(each["key_result"], each["before"] is None) for each in told] == [
        ("KR-1", False), ("KR-5", True),
    ]  # fmt: skip
    assert value(begun) == 25
    begun("apply", path, "--reapply", "--author", "Lead")
    assert value(begun) == 37.5
    explained = begun("explain", "KR-1").stdout
    assert f"rules +12.5{THIN}points" in explained


def test_the_past_is_told_anew_only_when_asked(typed: Typed) -> None:
    now = datetime.now(UTC)
    for number in range(4):
        typed.jira.site.add_issue("PLAT", f"Item {number}", at=now - timedelta(days=9))
    typed.jira.site.transition("PLAT-1", "Done", at=now - timedelta(days=5))
    typed.jira.site.transition("PLAT-2", "In Progress", at=now - timedelta(days=4))
    typed.connect()
    typed("apply", typed.plan(key_result("KR-1", link("jira:project:PLAT"))))
    typed("sync")
    set_it = ["mapping", "set", "jira"]
    rule = link("jira:project:PLAT", statuses={"doing": 0.5})
    weighed = file(typed, plan(key_result("KR-1", rule)), "weighed.yaml")
    plain = file(typed, plan(key_result("KR-1", link("jira:project:PLAT"))), "plain.yaml")
    for command, told, shown in (
        (["apply", weighed], 25, 37.5),
        (["apply", weighed, "--dry-run"], 25, 37.5),
        ([*set_it, file(typed, MAPPING), "--reason", "Begun is done", "--reapply"], 50, 50),
        ([*set_it, file(typed, "", "no.yaml"), "--reason", "Not so"], 50, 37.5),
        (["mapping", "restore", "jira", "2", "--reason", "So", "--reapply"], 37.5, 37.5),
        (["apply", plain, "--reapply"], 25, 25),
    ):
        typed(*command)
        typed("sync")
        past = typed.json("explain", "KR-1", "--at", (now - timedelta(days=3)).isoformat())
        assert (past["value"], past["links"][0]["rebuilt"]) == (told, True)
        assert value(typed) == shown
