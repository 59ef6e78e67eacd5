"""dlt's REST source with its incremental cursor, merged into DuckDB by its own pipeline."""

import os
from datetime import datetime
from typing import Any

import dlt
from dlt.sources.rest_api import rest_api_source

from benchmarks.beside.kept import FIELDS, MAIL, PROJECT, REPO, Run, told

BEGINNING = "1970-01-02T00:00:00+00:00"
PLACES = {"cloud": "rest/api/3/search/jql", "data_center": "rest/api/2/search"}
PAGES: dict[str, dict[str, Any]] = {
    "github": {"type": "header_link"},
    "cloud": {
        "type": "cursor", "cursor_path": "nextPageToken", "cursor_param": "nextPageToken",
    },
    "data_center": {
        "type": "offset", "limit": 1000, "offset_param": "startAt", "limit_param": "maxResults",
        "total_path": "total",
    },
}  # fmt: skip


def read(run: Run) -> int:
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    pipeline = dlt.pipeline(
        "issues", pipelines_dir=str(run.folder / "pipelines"), dataset_name="tracker",
        destination=dlt.destinations.duckdb(str(run.folder / "issues.duckdb")),
    )  # fmt: skip
    pipeline.run(rest_api_source(_source(run)))
    trace = pipeline.last_trace.last_normalize_info
    return int(trace.row_counts.get("issues", 0)) if trace else 0


def _source(run: Run) -> Any:
    is_github = run.tracker == "github"
    bearer = {"type": "bearer", "token": run.token}
    basic = {"type": "http_basic", "username": MAIL, "password": run.token}
    endpoint = _github() if is_github else _jira(run.tracker)
    issues = {
        "name": "issues", "primary_key": "id", "write_disposition": "merge",
        "endpoint": {**endpoint, "paginator": PAGES[run.tracker]},
    }  # fmt: skip
    client = {
        "base_url": f"{run.url}/api/v3/" if is_github else f"{run.url}/",
        "auth": basic if run.tracker == "cloud" else bearer,
    }
    return {"client": client, "resources": [issues]}


def _github() -> dict[str, Any]:
    asked = {"state": "all", "sort": "updated", "direction": "asc", "per_page": 100}
    return {
        "path": f"repos/{REPO}/issues",
        "params": {**asked, "since": "{incremental.start_value}"},
        "incremental": {"cursor_path": "updated_at", "initial_value": BEGINNING},
    }


def _jira(tracker: str) -> dict[str, Any]:
    jql = f"project = {PROJECT} AND updated >= {{incremental.start_value}} ORDER BY updated ASC"
    asked = {"jql": jql, "fields": ",".join(FIELDS)}
    return {
        "path": PLACES[tracker],
        "params": {**asked, "maxResults": 100} if tracker == "cloud" else asked,
        "data_selector": "issues",
        "incremental": {
            "cursor_path": "fields.updated", "initial_value": BEGINNING, "convert": _instant,
        },
    }  # fmt: skip


def _instant(text: str) -> str:
    return str(int(datetime.fromisoformat(text).timestamp() * 1000))


if __name__ == "__main__":
    told(read)
