"""Neutral checks on pull requests: each stands on one commit, so that a new head gets its own."""

import hashlib
import json
from typing import Any

from connector.errors import Gone, Unavailable
from connector.work import Ref
from integrations.github.client import GitHubClient
from integrations.github.writeback_ours import by_app, still_linked
from integrations.github.writeback_refusals import Unheard, identifier, place_of
from integrations.kit.answers import Moved
from integrations.tracker import Note

NAME = "Worklift"
_NOTHING = {"title": "Serves no key result now", "summary": "No key result counts this change."}


class Checks:
    """Writes the check runs of one App, ``app`` being its id where it is known."""

    def __init__(self, client: GitHubClient, app: str = "") -> None:
        self._client, self._app = client, app

    def put(self, ref: Ref, note: Note, remote_id: str | None) -> str:
        """Have the newest commit say this; what says it already is left alone."""
        repo, number = place_of(ref)
        head, output = self._head(repo, number), _output(note)
        known = f"{head}:{_digest(output)}"
        run, _, said = (remote_id or "").partition(":")
        if said == known:
            return f"{run}:{known}"
        if not said.startswith(f"{head}:"):
            still_linked(self._client, repo, note)
            run = self._found(repo, head, note)
        return f"{self._write(repo, run, _body(note, head, output))}:{known}"

    def remove(self, ref: Ref, note: Note, remote_id: str | None) -> None:
        """Say that it serves nothing: GitHub keeps check runs for ever."""
        repo, number = place_of(ref)
        run = (remote_id or "").partition(":")[0]
        run = run or self._found(repo, self._head(repo, number), note)
        if run:
            self._write(repo, run, {"conclusion": "neutral", "output": _NOTHING})

    def _head(self, repo: str, number: str) -> str:
        found = self._client.get(f"/repos/{repo}/pulls/{number}").object()
        head = found.get("head")
        sha = head.get("sha") if isinstance(head, dict) else None
        if not isinstance(sha, str) or not sha.isalnum():
            raise Unavailable("GitHub did not say at which commit a pull request stands.")
        return sha

    def _found(self, repo: str, head: str, note: Note) -> str:
        """The id of our run on a commit, empty where there is none."""
        asked = {"check_name": NAME, "filter": "all", "per_page": "100"}
        answer = self._client.get(f"/repos/{repo}/commits/{head}/check-runs", asked).object()
        runs = answer.get("check_runs")
        listed = runs if isinstance(runs, list) else []
        return next((identifier(each) for each in listed if self._is_ours(each, note)), "")

    def _is_ours(self, run: object, note: Note) -> bool:
        """Any App can give its runs our mark; an unknown one is held back by GitHub alone."""
        if not isinstance(run, dict) or run.get("external_id") != note.marker:
            return False
        return not self._app or by_app(run.get("app"), self._app)

    def _write(self, repo: str, run: str, body: dict[str, Any]) -> str:
        path = f"/repos/{repo}/check-runs{f'/{run}' if run else ''}"
        try:
            found = self._client.call("PATCH" if run else "POST", path, json=body).object()
        except Moved:
            raise
        except Gone as error:
            raise Unheard(str(error)) from error
        return identifier(found)


def _output(note: Note) -> dict[str, str]:
    return {name: str(note.body[name]) for name in ("title", "summary")}


def _body(note: Note, head: str, output: dict[str, str]) -> dict[str, Any]:
    return {
        "name": NAME,
        "head_sha": head,
        "status": "completed",
        "conclusion": "neutral",
        "details_url": note.body["url"],
        "external_id": note.marker,
        "output": output,
    }


def _digest(output: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(output, sort_keys=True).encode()).hexdigest()[:16]
