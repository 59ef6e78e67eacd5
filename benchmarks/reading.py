"""What reading costs: Worklift's drain against the SDKs' own loops, as CPU ratios in one run.

Usage: python benchmarks/reading.py [ITEMS]

Both read the same simulated trackers, which run in a process of their own. Worklift reads,
stores the mirror, reckons one link and its scores; the loops only read and touch six fields.
"""

import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from github import Auth, Github
from jira import JIRA

from connector.settings import Settings
from integrations.simulators import start_github, start_jira
from sync import connections, pipeline, planning
from sync.runtime import Runtime, opened

MAIL, TOKEN = "admin@example.com", "token"
PLAN = """
worklift: 1
cycles: [{key: c, start: 2026-01-01, end: 2026-12-31}]
teams: [{key: t, name: T, kind: company}]
objectives: [{key: O, cycle: c, team: t, title: T, key_results: [
  {key: J, title: J, target: 100, unit: "%", links: [{scope: "jira:project:PLAT"}]},
  {key: G, title: G, target: 100, unit: "%", links: [{scope: "github:repo:acme/api"}]}]}]
"""


def trackers(items: int, pipe: Connection) -> None:
    """Serve both trackers until the pipe is closed."""
    with start_jira(email=MAIL, token=TOKEN) as jira, start_github(token=TOKEN) as github:
        jira.site.add_project("PLAT", "Platform")
        github.site.add_repo("acme/api")
        for number in range(items):
            jira.site.add_issue("PLAT", f"Story {number}", points=number % 8)
            github.site.add_issue("acme/api", f"Issue {number}")
        pipe.send((jira.url, github.url))
        pipe.recv()


def cpu(work: Callable[[], int]) -> tuple[float, int]:
    """(CPU seconds of this process, what the work returned)."""
    begun = time.process_time()
    found = work()
    return time.process_time() - begun, found


def jira_loop(url: str) -> int:
    """The jira package's own search, as its users write it."""
    client = JIRA(url, basic_auth=(MAIL, TOKEN), max_retries=0)
    found = client.enhanced_search_issues("project = PLAT ORDER BY created", maxResults=0)
    for issue in found:
        fields = issue.fields
        _ = (issue.key, fields.summary, fields.status.name, fields.updated, fields.created)
    return len(found)


def github_loop(url: str) -> int:
    """PyGithub's own list, as its users write it (without the fields that cost a call each)."""
    client = Github(auth=Auth.Token(TOKEN), base_url=url, per_page=100, seconds_between_requests=0)
    count = 0
    for issue in client.get_repo("acme/api").get_issues(state="all"):
        _ = (issue.number, issue.title, issue.state, issue.updated_at, issue.created_at)
        count += 1
    return count


def worklift(runtime: Runtime, source_id: int) -> Callable[[], int]:
    """One whole drain of a source, from HTTP to scores."""
    return lambda: pipeline.drain(runtime, source_id, force=True, full=True).items_read


def connect(runtime: Runtime, tracker: str, url: str) -> None:
    """Connect one simulated tracker."""
    options = {"email": MAIL} if tracker == "jira" else {}
    request = connections.Request(
        tracker=tracker, name=tracker, url=url, token=TOKEN, options=options, allow_private=True
    )
    connections.connect(runtime, request)


def measure(urls: tuple[str, str], home: Path) -> dict[str, float]:
    """CPU seconds of each reader."""
    settings = Settings(home=home, database_url=f"sqlite:///{home / 'worklift.db'}")
    with opened(settings) as runtime:
        for tracker, url in zip(("jira", "github"), urls, strict=True):
            connect(runtime, tracker, url)
        planning.apply(runtime, PLAN, name="plan", author="benchmark")
        work = {
            "worklift jira, first": worklift(runtime, 1),
            "worklift jira, again": worklift(runtime, 1),
            "jira package": lambda: jira_loop(urls[0]),
            "worklift github, first": worklift(runtime, 2),
            "worklift github, again": worklift(runtime, 2),
            "PyGithub": lambda: github_loop(urls[1]),
        }
        found = {name: cpu(each) for name, each in work.items()}
    for name, (_, count) in found.items():
        print(f"{name}: {count} items", file=sys.stderr)
    return {name: seconds for name, (seconds, _) in found.items()}


def main(items: int) -> None:
    """Measure and print."""
    here, there = multiprocessing.Pipe()
    serving = multiprocessing.get_context("spawn").Process(target=trackers, args=(items, there))
    serving.start()
    try:
        with tempfile.TemporaryDirectory() as home:
            seconds = measure(here.recv(), Path(home))
    finally:
        here.send(None)
        serving.join(timeout=30)
    for tracker, loop in (("jira", "jira package"), ("github", "PyGithub")):
        for run in ("first", "again"):
            ratio = seconds[f"worklift {tracker}, {run}"] / seconds[loop]
            print(f"{tracker}, {run} look: {ratio:.2f} × the CPU of the {loop} loop")
    print(json.dumps({"items": items, "cpu_seconds": seconds}, indent=2))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
