"""The breadcrumb of purpose of a work item: link, key result, objective, up to the company's."""

from collections.abc import Iterator, Sequence

from flask import url_for

from connector.attribution import AboveReport, ServingReport
from sync.reports.parents import Upward
from web.purpose import Step

Serving = ServingReport | Upward


def way_up(serving: Serving) -> tuple[Step, ...]:
    """From the objective of the key result up along what it supports first of all."""
    own = serving.teams[0].key if serving.teams else ""
    first = _step(serving, "objective", (serving.objective.key, serving.objective.title), own)
    return (first, *_above(serving))


def besides(serving: Serving) -> tuple[Step, ...]:
    """What the objective supports besides that."""
    edges = [each for each in serving.above if each.supported_by == serving.objective.key]
    return tuple(_step(serving, each.kind, (each.key, each.title), each.team) for each in edges[1:])


def key_result(serving: Serving) -> Step:
    """The key result it serves."""
    own = serving.teams[0].key if serving.teams else ""
    named = serving.key_result.key, serving.key_result.title
    return _step(serving, "key_result", named, own)


def _above(serving: Serving) -> Iterator[Step]:
    for edge in _main_line(serving.objective.key, serving.above):
        yield _step(serving, edge.kind, (edge.key, edge.title), edge.team)
        if edge.kind == "key_result":
            yield _step(serving, "objective", (edge.objective, edge.objective_title), edge.team)


def _main_line(objective: str, above: Sequence[AboveReport]) -> Iterator[AboveReport]:
    """What an objective supports first leads the way up."""
    passed: set[str] = set()
    at: str | None = objective
    while at is not None and at not in passed:
        passed.add(at)
        edge = next((each for each in above if each.supported_by == at), None)
        if edge is not None:
            yield edge
        at = edge.objective if edge else None


def _step(serving: Serving, kind: str, named: tuple[str, str], team: str) -> Step:
    key, title = named
    # Objectives and key results share one set of keys, hence one address.
    url = url_for("key_result.page", cycle=serving.cycle, team=team, key=key)
    return Step(kind, key, title, team, url)
