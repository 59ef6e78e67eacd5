"""Figures for monitoring in Prometheus' text format, counted in the database when asked for."""

import hmac
import math
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from flask import Blueprint, abort, g, request
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector, CollectorRegistry
from werkzeug.wrappers import Response

from connector.standing import ConnectionFigures, Figures, SourceFigures
from sync import redis_check
from sync.reports.figures import figures
from sync.runtime import Runtime
from sync.version import VERSION
from web.current import runtime

blueprint = Blueprint("metrics", __name__)
NEVER = math.inf
"""The age of what never was: older than any limit an alert has."""
KINDS = ("accepted", "forged", "unreadable", "repeated", "replayed")
STATES = ("waiting", "failed", "undeliverable")


@blueprint.get("/metrics")
def page() -> Response:
    """All figures; not there unless a token is set, and for nobody without it."""
    token = runtime().settings.metrics_token
    if token is None:
        abort(404)
    given = request.headers.get("Authorization", "").encode("utf-8", "replace")
    if not hmac.compare_digest(given, f"Bearer {token}".encode()):
        return Response("a bearer token is needed\n", 401, {"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once(list(collected(runtime(), g.now))))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Once(Collector):
    """Figures that were counted already."""

    def __init__(self, found: Sequence[Metric]) -> None:
        self._found = found

    def collect(self) -> Sequence[Metric]:
        """Them."""
        return self._found


def collected(running: Runtime, now: datetime) -> Iterator[Metric]:
    """Every figure there is."""
    with running.store.read() as session:
        found = figures(session)
    yield from _of_sources(found, now)
    yield from _of_connections(found)
    yield from _of_the_whole(running)


_Of = Callable[[SourceFigures], float]
_SOURCE, _LABELS = "worklift_source_", ("connection", "source")
_COUNTERS: dict[str, tuple[str, _Of]] = {
    "drains": ("Drains that ended", lambda s: s.drains),
    "calls": ("Calls to the tracker", lambda s: s.calls),
    "items_read": ("Items read", lambda s: s.items_read),
    "repaired_by_poll": ("Changes found though no delivery told of them", lambda s: s.repaired),
}


def _of_sources(found: Figures, now: datetime) -> Iterator[Metric]:
    for name, (text, value) in _gauges(now).items():
        yield _filled(GaugeMetricFamily(_SOURCE + name, text, labels=_LABELS), found, value)
    for name, (text, value) in _COUNTERS.items():
        yield _filled(CounterMetricFamily(_SOURCE + name, text, labels=_LABELS), found, value)


def _filled(
    family: GaugeMetricFamily | CounterMetricFamily, found: Figures, value: _Of
) -> GaugeMetricFamily | CounterMetricFamily:
    for each in found.sources:
        family.add_metric((each.connection, each.key), value(each))
    return family


def _gauges(now: datetime) -> dict[str, tuple[str, _Of]]:
    """What is so now, by name."""

    def age(moment: datetime | None) -> float:
        return NEVER if moment is None else max(0.0, (now - moment).total_seconds())

    def since(moment: datetime | None) -> float:
        return 0.0 if moment is None else age(moment)

    def ahead(source: SourceFigures) -> float:
        until = source.paused_until(now)
        return 0.0 if until is None else (until - now).total_seconds()

    return {
        "look_age_seconds": ("Since the last complete look", lambda s: age(s.looked_at)),
        "behind": ("Reasons to look that are not followed yet", lambda s: s.behind),
        "waiting_seconds": ("Of the oldest delivery", lambda s: since(s.waiting_since)),
        "overdue_seconds": ("Since it was due", lambda s: 0.0 if s.left_alone else since(s.due_at)),
        "paused_seconds": ("Until the pause ends that the tracker asked for", ahead),
        "reads_paused": ("1 while an admin has it left alone", lambda s: float(bool(s.left_alone))),
        "failing_seconds": ("Since it began to fail", lambda s: since(s.failing_since)),
        "failures": ("Tries in a row that failed", lambda s: s.failures),
        "deaths": ("Drains in a row that ended with their process", lambda s: s.deaths),
        "stopped": ("1 while no call is made until a person acts", lambda s: float(s.broken)),
        "set_aside": ("Items that cannot be read", lambda s: s.aside),
        "audit_age_seconds": ("Since the last audit", lambda s: age(s.audited_at)),
        "audit_differences": ("What the last audit found", lambda s: s.audit.get("differences", 0)),
        "audit_incomplete": ("1: it compared not all", lambda s: float(bool(s.audit.get("note")))),
    }  # fmt: skip


def _of_connections(found: Figures) -> Iterator[Metric]:
    text = "Deliveries; accepted ones of the last two weeks, the other kinds since ever"
    deliveries = GaugeMetricFamily("worklift_deliveries", text, labels=("connection", "kind"))
    text = "Notes that are not as wanted in the tracker"
    notes = GaugeMetricFamily("worklift_notes", text, labels=("connection", "state"))
    text = "Calls or points that the tracker's limits left at the last look"
    left = GaugeMetricFamily("worklift_budget_left", text, labels=("connection",))
    limit = GaugeMetricFamily("worklift_budget_limit", "Out of so many", labels=("connection",))
    for each in found.connections:
        for kind in KINDS:
            deliveries.add_metric((each.name, kind), each.deliveries.get(kind, 0))
        for state in STATES:
            notes.add_metric((each.name, state), each.notes.get(state, 0))
        _budget(each, left, limit)
    yield from (deliveries, notes, left, limit)


def _budget(each: ConnectionFigures, left: GaugeMetricFamily, limit: GaugeMetricFamily) -> None:
    """Nothing where the tracker told nothing."""
    if each.left is not None:
        left.add_metric((each.name,), each.left)
    if each.limit is not None:
        limit.add_metric((each.name,), each.limit)


def _of_the_whole(running: Runtime) -> Iterator[Metric]:
    limit = running.settings.freshness.total_seconds()
    text = "Older numbers are unknown"
    yield GaugeMetricFamily("worklift_freshness_limit_seconds", text, value=limit)
    build = GaugeMetricFamily("worklift_build_info", "The version", labels=("version",))
    build.add_metric((VERSION,), 1)
    yield build
    queue = redis_check.watch.state(running)
    text = "1 while the queue is degraded"
    yield GaugeMetricFamily("worklift_queue_degraded", text, value=float(bool(queue.trouble)))
    if running.settings.is_scaled:
        waiting = NEVER if queue.waiting is None else queue.waiting
        yield GaugeMetricFamily("worklift_queue_waiting", "Jobs not begun", value=waiting)
        yield GaugeMetricFamily("worklift_workers", "Workers alive", value=queue.workers or 0)
