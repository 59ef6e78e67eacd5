"""A plan file read: text in, typed entries out, or every problem at once."""

from collections.abc import Collection, Iterable, Mapping

from connector.errors import Refused
from connector.plans import readers
from connector.plans.entries import Entry, Plan
from connector.plans.objects import SECTIONS, WORDS, entries
from connector.plans.problems import Place, Problems, quoted
from connector.plans.tree import MAX_BYTES, Node, Pairs, Scalar, tree

TRACKERS = ("jira", "github")
"""The account fields of a person where the caller names no trackers."""
_VERSION = "1"


def read_plan(data: bytes, name: str = "plan", *, trackers: Collection[str] = TRACKERS) -> Plan:
    """The plan in the bytes of a file; raises ``Refused`` with all problems."""
    if len(data) > MAX_BYTES:
        raise Refused(f"{name}:1: file: is larger than 5 MB; split it into several plans")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise Refused(f"{name}:{line}: file: is not UTF-8; save it as UTF-8") from problem
    return parse(text, name, trackers=trackers)


def parse(text: str, name: str = "plan", *, trackers: Collection[str] = TRACKERS) -> Plan:
    """The plan in a text; raises ``Refused`` with all problems, ``NAME:LINE: KEY: …`` each.

    ``trackers`` are the names of a person's accounts. What takes other objects to know (is the
    owner there, does the target fit the kind) is checked by ``diff``, not here.
    """
    problems = Problems(name)
    sections = _sections(tree(text, name), problems)
    found = tuple(entries(sections, problems, trackers))
    _refuse_doubles(found, problems)
    problems.refuse()
    return Plan(name, found)


def _sections(root: Node, problems: Problems) -> Mapping[str, Node]:
    place = Place(problems, "plan")
    if not isinstance(root, Pairs):
        place.wrong(root.line, "is not a plan; a plan starts with 'worklift: 1'")
        problems.refuse()
    _refuse_version(root, problems)
    given = readers.known_members(root, place, ("worklift", *SECTIONS, "scoring"), "a plan")
    return {name: node for name, (_, node) in given.items() if name != "worklift"}


def _refuse_version(root: Node, problems: Problems) -> None:
    """Other versions have other rules: nothing further is said of such a file."""
    pairs = root.pairs if isinstance(root, Pairs) else ()
    version = next((value for name, value in pairs if name.text == "worklift"), None)
    if version is None:
        problems.add(root.line, "worklift", "is missing; start the file with 'worklift: 1'")
    elif not isinstance(version, Scalar) or version.text != _VERSION:
        found = quoted(version.text) if isinstance(version, Scalar) else "this"
        known = f"this program reads 'worklift: {_VERSION}'"
        problems.add(version.line, "worklift", f"{found} is not a known version; {known}")
        problems.refuse()


def _refuse_doubles(found: Iterable[Entry], problems: Problems) -> None:
    first: dict[tuple[str, str | None, str], Entry] = {}
    for entry in found:
        space = "" if entry.cycle is not None else entry.kind
        other = first.setdefault((space, entry.cycle, entry.key), entry)
        if other is entry or not entry.key:
            continue
        where = f"is already the key of {WORDS[other.kind]} on line {other.line}"
        problems.add(entry.at("key"), entry.key, f"{where}; give each its own")
