"""Dates in JQL: epoch milliseconds, the user's own zone to the minute, and relative ones."""

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.simulators.jira.jql import Value
from integrations.simulators.jira.state import Issue, JiraError, State

SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt,
    "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
RELATIVE = re.compile(r"([+-]?)((?:\d+[wdhm]\s*)+)")
_FORMS = ("%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d")


def compare(state: State, field: str, sign: str, value: Value) -> Callable[[Issue], bool]:
    """A test of a date field against one value."""
    limit = moment(state, field, value)
    test = SIGNS[sign]

    def matches(issue: Issue) -> bool:
        text = issue.fields.get(field)
        if not text:
            return False
        at = datetime.fromisoformat(text)
        return test(at if at.tzinfo else at.replace(tzinfo=state.zone), limit)

    return matches


def moment(state: State, field: str, value: Value) -> datetime:
    """The moment a value means; 400 in Jira's words when it means none."""
    text = value.text.strip()
    if value.call is not None:
        return _function(state, value)
    if re.fullmatch(r"-?\d{5,}", text):
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    relative = RELATIVE.fullmatch(text)
    if relative:
        return state.clock() + _span(relative[2]) * (-1 if relative[1] == "-" else 1)
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=state.zone)
        except ValueError:
            continue
    raise JiraError(
        400,
        f"Date value '{text}' for field '{field}' is invalid. Valid formats include: "
        "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format "
        "e.g. '-5d', '4w 2d'.",
    )


def _span(text: str) -> timedelta:
    parts = re.findall(r"(\d+)([wdhm])", text)
    return sum((timedelta(**{_UNITS[unit]: int(n)}) for n, unit in parts), timedelta())


def _function(state: State, value: Value) -> datetime:
    now = state.clock().astimezone(state.zone)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = {
        "now": now, "startofday": midnight, "endofday": midnight + timedelta(days=1),
        "startofweek": midnight - timedelta(days=(midnight.weekday() + 1) % 7),
        "startofmonth": midnight.replace(day=1), "startofyear": midnight.replace(month=1, day=1),
    }  # fmt: skip
    if value.text.lower() not in starts:
        raise JiraError(400, f"Unable to find JQL function '{value.text}()'.")
    start = starts[value.text.lower()]
    for text in value.call or ():
        shift = re.fullmatch(r"([+-]?)(\d+[wdhm])", text.strip())
        if shift:
            start += _span(shift[2]) * (-1 if shift[1] == "-" else 1)
    return start
