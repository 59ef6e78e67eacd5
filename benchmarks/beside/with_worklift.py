"""One drain of Worklift: the mirror, the ledger and the scores of one link to all issues."""

from benchmarks.beside.kept import MAIL, PROJECT, REPO, Run, told
from connector.settings import Settings
from sync import connections, pipeline, planning
from sync.runtime import Runtime, opened

HEAD = """
worklift: 1
cycles: [{key: c, start: 2026-01-01, end: 2026-12-31}]
teams: [{key: t, name: T, kind: company}]
objectives: [{key: O, cycle: c, team: t, title: T, key_results: [
"""


def read(run: Run) -> int:
    """Connect where nothing is there yet; drain otherwise."""
    is_new = not (run.folder / "worklift.db").exists()
    url = f"sqlite:///{run.folder / 'worklift.db'}"
    with opened(Settings(home=run.folder, database_url=url)) as runtime:
        if is_new:
            _connect(runtime, run)
            return 0
        found = pipeline.drain(runtime, 1, force=True)
    if found.error:
        raise SystemExit(found.error)
    return found.items_read


def _connect(runtime: Runtime, run: Run) -> None:
    is_github = run.tracker == "github"
    tracker = "github" if is_github else "jira"
    request = connections.Request(
        tracker=tracker, name=tracker, url=run.url, token=run.token, allow_private=True,
        options={"email": MAIL} if run.tracker == "cloud" else {},
    )  # fmt: skip
    made = connections.connect(runtime, request)
    if made.error:
        raise SystemExit(made.error)
    scope = f"github:repo:{REPO}" if is_github else f"jira:project:{PROJECT}"
    row = f"  {{key: K, title: K, target: 100, unit: '%', links: [{{scope: '{scope}'}}]}}"
    planning.apply(runtime, f"{HEAD}{row}]}}]\n", name="plan", author="benchmark")


if __name__ == "__main__":
    told(read)
