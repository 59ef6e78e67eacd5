"""Singer's tap-github: its issues as lines in a file, its state given back at the next run."""

import json
import sys
from contextlib import redirect_stdout
from typing import Any

import tap_github
from singer import metadata
from tap_github.schema import get_schemas

from benchmarks.beside.kept import REPO, Run, told

STREAM = "issues"


def read(run: Run) -> int:
    config = {
        "access_token": run.token, "repository": REPO, "start_date": "1970-01-02T00:00:00Z",
        "base_url": f"{run.url}/api/v3",
    }  # fmt: skip
    state, lines = run.folder / "state.json", run.folder / "issues.jsonl"
    sys.argv = ["tap-github"]
    for name, value in (("config", config), ("properties", _catalog())):
        place = run.folder / f"{name}.json"
        place.write_text(json.dumps(value), "utf-8")
        sys.argv += [f"--{name}", str(place)]
    if state.exists():
        sys.argv += ["--state", str(state)]
    with lines.open("w", encoding="utf-8") as out, redirect_stdout(out):
        tap_github.main()
    count = 0
    with lines.open(encoding="utf-8") as written:
        for line in written:
            told_of = json.loads(line)
            count += told_of["type"] == "RECORD"
            if told_of["type"] == "STATE":
                state.write_text(json.dumps(told_of["value"]), "utf-8")
    return count


def _catalog() -> Any:
    """What its discovery would write, which asks every kind of thing that GitHub has."""
    schemas, known = get_schemas()
    chosen = metadata.write(metadata.to_map(known[STREAM]), (), "selected", True)
    return {
        "streams": [{
            "stream": STREAM, "tap_stream_id": STREAM, "key_properties": ["id"],
            "schema": schemas[STREAM], "metadata": metadata.to_list(chosen),
        }]
    }  # fmt: skip


if __name__ == "__main__":
    told(read)
