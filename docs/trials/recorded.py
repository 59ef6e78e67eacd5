"""Recorded tracker answers, counted twice: by hand from the JSON, and by Worklift over HTTP.

Usage: python docs/trials/recorded.py FOLDER

FOLDER holds ``jira/issues.json`` and ``github/issues.json`` as the trackers answered. The hand
count shares no code with Worklift. Exits 1 where the two differ.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

WONT = {"won't do", "won't fix", "duplicate", "cannot reproduce", "declined"}
WONT |= {"incomplete", "rejected", "cancelled"}
INSTANTS = [f"{month}-01T00:00:00Z" for month in ("2020-07", "2020-09", "2021-01", "2021-06")]
PLAN = """
worklift: 1
cycles: [{key: trial, start: 2020-01-01, end: 2030-12-31}]
teams: [{key: trial, name: Trial, kind: company}]
objectives:
  - key: O-1
    cycle: trial
    team: trial
    title: Recorded answers are counted right
    key_results:
      - {key: KR-1, title: Project EE, target: 100, unit: "%", links: [{scope: "jira:project:EE"}]}
      - key: KR-2
        title: Below EE-1
        target: 100
        unit: "%"
        links: [{scope: "jira:epic:EE-1", depth: 1, subtasks: true}]
      - key: KR-3
        title: Milestone 7
        target: 100
        unit: "%"
        links: [{scope: "github:milestone:panjf2000/ants/7"}]
"""


def by_hand(folder: Path) -> dict[str, tuple[int, int, int, int]]:
    """Key result → (done, total, items, excluded), straight from the recorded JSON."""
    issues = json.loads((folder / "jira" / "issues.json").read_text("utf-8"))
    project = [i for i in issues if i["fields"]["project"]["key"] == "EE"]
    below = [i for i in issues if (i["fields"].get("parent") or {}).get("key") == "EE-1"]
    hub = json.loads((folder / "github" / "issues.json").read_text("utf-8"))
    milestone = [i for i in hub if (i.get("milestone") or {}).get("number") == 7]
    return {
        "KR-1": _jira([i for i in project if _counts(i, subtasks=False)], len(project)),
        "KR-2": _jira([i for i in below if _counts(i, subtasks=True)], len(below)),
        "KR-3": _github(milestone),
    }


def past_by_hand(folder: Path) -> dict[str, tuple[int, int]]:
    """Instant → (done, total) of project EE, by undoing the recorded changelogs after it."""
    issues = json.loads((folder / "jira" / "issues.json").read_text("utf-8"))
    statuses = json.loads((folder / "jira" / "statuses.json").read_text("utf-8"))
    categories = {each["id"]: each["statusCategory"]["key"] for each in statuses}
    types = {i["fields"]["issuetype"]["id"]: i["fields"]["issuetype"] for i in issues}
    found = {}
    for instant in INSTANTS:
        moment = datetime.fromisoformat(instant.replace("Z", "+00:00"))
        done = total = 0
        for issue in issues:
            fields = issue["fields"]
            if fields["project"]["key"] != "EE" or _date(fields["created"]) > moment:
                continue
            was = _as_it_was(issue, moment)
            kind = types.get(was["issuetype"], fields["issuetype"])  # so are some types
            epic = kind.get("hierarchyLevel", 0) > 0
            if was["resolution"] in WONT or epic or kind["subtask"]:
                continue
            total += 1
            now = fields["status"]
            # Some statuses are gone by now; that of today is known by the issue itself.
            known = {**categories, now["id"]: now["statusCategory"]["key"]}
            done += known.get(was["status"]) == "done"
        found[instant] = (done, total)
    return found


def _as_it_was(issue: dict, moment: datetime) -> dict[str, str]:
    fields = issue["fields"]
    was = {
        "status": fields["status"]["id"],
        "issuetype": fields["issuetype"]["id"],
        "resolution": ((fields.get("resolution") or {}).get("name") or "").lower(),
    }
    entries = sorted(issue["changelog"]["histories"], key=lambda entry: _date(entry["created"]))
    for entry in reversed(entries):
        if _date(entry["created"]) <= moment:
            break
        for item in reversed(entry["items"]):
            if item["field"] in {"status", "issuetype"}:
                was[item["field"]] = item["from"]
            elif item["field"] == "resolution":
                was["resolution"] = (item["fromString"] or "").lower()
    return was


def _date(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z")


def _counts(issue: dict, *, subtasks: bool) -> bool:
    fields = issue["fields"]
    resolution = (fields.get("resolution") or {}).get("name", "").lower()
    kind = fields["issuetype"]
    is_epic = kind.get("hierarchyLevel", 0) > 0
    return resolution not in WONT and not is_epic and (subtasks or not kind["subtask"])


def _jira(counted: list[dict], items: int) -> tuple[int, int, int, int]:
    # The category's key decides; its name is translated and says nothing.
    done = sum(i["fields"]["status"]["statusCategory"]["key"] == "done" for i in counted)
    return done, len(counted), items, items - len(counted)


def _github(milestone: list[dict]) -> tuple[int, int, int, int]:
    counted = [
        i
        for i in milestone
        if "pull_request" not in i and i.get("state_reason") not in {"not_planned", "duplicate"}
    ]
    done = sum(i["state"] == "closed" for i in counted)
    return done, len(counted), len(milestone), len(milestone) - len(counted)


def by_worklift(folder: Path) -> tuple[dict[str, tuple[int, int, int, int]], dict[str, tuple]]:
    """The same figures by ``worklift sync`` over the simulated trackers' HTTP, and the past."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        env = {**os.environ, "WORKLIFT_HOME": str(home / "home"), "JIRA": "jira-token"}
        env |= {"GITHUB": "github-token"}
        jira = stack.enter_context(_simulated("jira", folder / "jira", env))
        hub = stack.enter_context(_simulated("github", folder / "github", env))
        (home / "plan.yaml").write_text(PLAN, "utf-8")
        mail = ["--email", "admin@example.com"]
        _run(env, "connect", "jira", "jira", "--url", jira, "--token-env", "JIRA", *mail, PRIVATE)
        _run(env, "connect", "github", "hub", "--url", hub, "--token-env", "GITHUB", PRIVATE)
        _run(env, "apply", str(home / "plan.yaml"))
        _run(env, "sync")
        report = json.loads(_run(env, "score", "--cycle", "trial", "--json"))
        past = {
            instant: _stood(_run(env, "explain", "KR-1", "--at", instant, "--json"))
            for instant in INSTANTS
        }
    found = report["teams"][0]["objectives"][0]["key_results"]
    return {each["key"]: _figures(each["links"][0]) for each in found}, past


PRIVATE = "--allow-private"


def _figures(link: dict) -> tuple[int, int, int, int]:
    return int(link["done"]), int(link["total"]), link["items"], link["excluded"]


def _stood(explained: str) -> tuple[int, int]:
    """(done, total) of the only link, which says that its past is rebuilt."""
    (link,) = json.loads(explained)["links"]
    return (int(link["done"]), int(link["total"])) if link["rebuilt"] else (-1, -1)


@contextmanager
def _simulated(tracker: str, folder: Path, env: dict[str, str]) -> Iterator[str]:
    command = ["worklift", "simulate", tracker, "--load", str(folder)]
    with subprocess.Popen(
        command, env={**env, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            found = re.search(r"http://\S+", line)
            if found is None:
                sys.exit(f"the simulated {tracker} did not start")
            yield found[0]
        finally:
            process.terminate()
            process.wait(timeout=10)


def _run(env: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        ["worklift", *arguments], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"worklift {' '.join(arguments)}: {done.stderr or done.stdout}")
    return done.stdout


def main(folder: Path) -> int:
    """Print both counts side by side."""
    hand, (product, rebuilt) = by_hand(folder), by_worklift(folder)
    past = past_by_hand(folder)
    print("key result  done  total  items  excluded   by hand / by Worklift")
    for key, figures in hand.items():
        same = "equal" if figures == product[key] else f"DIFFERENT: {product[key]}"
        print(f"{key:<10} {figures[0]:>5} {figures[1]:>6} {figures[2]:>6} {figures[3]:>9}   {same}")
    print("KR-1 at                done  total   by hand from changelogs / rebuilt by Worklift")
    for instant, (done, total) in past.items():
        same = "equal" if rebuilt[instant] == (done, total) else f"DIFFERENT: {rebuilt[instant]}"
        print(f"{instant:<22} {done:>4} {total:>6}   {same}")
    return 0 if (hand, past) == (product, rebuilt) else 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
