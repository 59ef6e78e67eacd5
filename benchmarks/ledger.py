"""What scoring costs: ratios against reading the same rows, in one run.

Usage: python benchmarks/ledger.py [--postgresql]

A company of 10,000 key results, 2,500 objectives and 500 teams is written first; then each work is
done in turn with reading its rows, plain (the targets) and as objects, and medians are compared.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.speed import company
from benchmarks.speed.cases import ITEMS, MOVED, MOVEMENTS, WORK, Cases
from benchmarks.speed.timing import table
from connector.store import open_store
from connector.store.migrate import upgrade

SMALL = company.Size(teams=20, objectives=50, key_results=200)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL, not on SQLite")
    given = parser.parse_args()
    with database(postgresql=given.postgresql) as url, written(url, SMALL) as cases:
        found = [cases.one_item("link of 1,000 items, 1 changed; a small company")]
    with database(postgresql=given.postgresql) as url, written(url, company.Size()) as cases:
        found.append(cases.one_item("link of 1,000 items, 1 changed; the large company"))
        works = (cases.every_item, cases.unchanged, cases.changed, cases.pure,
                 cases.quarter_as_loaded, cases.quarter)  # fmt: skip
        table([*found, *(work() for work in works)])


@contextmanager
def written(url: str, size: company.Size) -> Iterator[Cases]:
    """A company of that size, scored once."""
    store = open_store(url)
    upgrade(store)
    with store.write() as session:
        company.write(session, size)
        company.work(session, WORK, ITEMS)
        company.moved(session, MOVED, MOVEMENTS)
    cases = Cases(store)
    cases.scored()
    try:
        yield cases
    finally:
        store.close()


@contextmanager
def database(*, postgresql: bool) -> Iterator[str]:
    """The address of an empty database."""
    if not postgresql:
        with tempfile.TemporaryDirectory() as home:
            yield f"sqlite:///{Path(home) / 'worklift.db'}"
        return
    from tests import servers  # noqa: PLC0415

    with servers.postgresql() as folder:
        yield f"postgresql://postgres@/postgres?host={folder}"


if __name__ == "__main__":
    main()
