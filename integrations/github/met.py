"""What a read meets in issues beside the items themselves."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from integrations.github.lists import FIELDS, TYPES
from integrations.github.shapes import Issue
from integrations.tracker import Page


class Met:
    """Collected page by page: numbers of issues, parents, names of types and fields, the newest."""

    def __init__(self, repo: str) -> None:
        self._repo = repo
        self.numbers: set[int] = set()
        self.parents: set[str] = set()
        self.shown: dict[str, dict[str, str]] = {TYPES: {}, FIELDS: {}}
        self.newest: datetime | None = None

    def note(self, issues: list[Any], page: Page) -> None:
        """One page: as GitHub sent it, and what it came to."""
        for issue in issues:
            if not isinstance(issue, dict):
                continue
            number, summary = issue.get("number"), issue.get("sub_issues_summary")
            if type(number) is int and issue.get("pull_request") is None:
                self.numbers.add(number)
            if type(summary) is dict and summary.get("total"):
                self.parents.add(f"{self._repo}#{number}")
            if issue.get("type") is not None:
                self._show(TYPES, issue["type"], ("id", "name"))
            for each in issue.get("issue_field_values") or ():
                self._show(FIELDS, each, ("issue_field_id", "issue_field_name"))
        self._date(page)

    def note_usual(self, issues: Iterable[Issue], page: Page) -> None:
        """The same of one that was as it usually is."""
        for issue in issues:
            number, summary, kind = issue.number, issue.sub_issues_summary, issue.type
            if issue.pull_request is None:
                self.numbers.add(number)
            if summary is not None and summary.total:
                self.parents.add(f"{self._repo}#{number}")
            if kind is not None and type(kind.id) is int:
                self.shown[TYPES][str(kind.id)] = kind.name
            for each in issue.issue_field_values or ():
                if type(each.issue_field_id) is int:
                    self.shown[FIELDS][str(each.issue_field_id)] = each.issue_field_name
        self._date(page)

    def _date(self, page: Page) -> None:
        last = max((item.updated_at for item in page.items), default=None)
        if last is not None:
            self.newest = max(self.newest or last, last)

    def _show(self, name: str, value: object, keys: tuple[str, str]) -> None:
        known: Mapping[str, Any] = value if isinstance(value, dict) else {}
        ident, called = (known.get(key) for key in keys)
        if isinstance(ident, int) and isinstance(called, str):
            self.shown[name][str(ident)] = called
