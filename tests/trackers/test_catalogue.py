"""The catalogue finds trackers without a list of them."""

import subprocess
import sys

import pytest

from connector.errors import Refused
from integrations import catalogue


def test_the_packages_that_declare_a_spec_are_the_trackers():
    assert catalogue.names() == ("github", "jira")
    for name in catalogue.names():
        assert catalogue.get(name).spec.key == name


def test_an_unknown_tracker_is_refused_with_those_there_are():
    with pytest.raises(Refused, match="there are: github, jira"):
        catalogue.get("gitlab")


def test_an_installed_package_is_found_by_its_entry_point(tmp_path):
    (tmp_path / "other_tracker.py").write_text(
        "from types import SimpleNamespace as N\ntracker = N(spec=N(key='other'))\n"
        "wrong = N(spec=N(key='something'))\n"
    )
    about = tmp_path / "other-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[worklift.trackers]\nother = other_tracker:tracker\nwrong = other_tracker:wrong\n"
    )
    told = run(
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from integrations import catalogue\n"
        "print(catalogue.names(), catalogue.get('other').spec.key)\n"
        "try: catalogue.get('wrong')\nexcept Exception as error: print(error)"
    )
    assert told.splitlines() == [
        "('github', 'jira', 'other', 'wrong') other",
        "the tracker installed as 'wrong' calls itself 'something'",
    ]


def test_asking_for_names_imports_no_tracker_and_no_sdk():
    told = run(
        "import sys\nfrom integrations import catalogue\ncatalogue.names()\n"
        "print([m for m in ('jira', 'github', 'flask', 'integrations.jira') if m in sys.modules])"
    )
    assert told == "[]"


@pytest.mark.parametrize("name", ["jira", "github"])
def test_a_tracker_imports_neither_the_other_nor_the_store(name):
    other = {"jira": "github", "github": "jira"}[name]
    told = run(
        f"import sys\nfrom integrations import catalogue\ncatalogue.get({name!r})\n"
        f"unwanted = ('sqlalchemy', 'flask', 'rq', 'redis', 'integrations.{other}')\n"
        "print([m for m in unwanted if m in sys.modules])"
    )
    assert told == "[]"


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()
