"""From table rows to the values that the pure functions of ``connector`` take."""

from collections.abc import Mapping
from typing import Any, cast

from connector import okr
from connector.ledger import LinkReading, Version
from connector.mapping import FieldMapping, fold
from connector.okr import LinkRule, rule_from_json
from connector.store.tables import Connection, Contribution, Item, KeyResult, Link, Reading
from connector.work import Category, State, WorkItem
from integrations.tracker import Spec


def key_result(row: KeyResult, owner: str | None = None) -> okr.KeyResult:
    """The definition of a key result."""
    limits = None
    if row.limit_low is not None and row.limit_high is not None:
        limits = (row.limit_low, row.limit_high)
    return okr.KeyResult(
        key=row.key,
        title=row.title,
        kind=cast("okr.KeyResultKind", row.kind),
        start=row.start,
        target=row.target,
        unit=row.unit,
        weight=row.weight,
        combine=cast("okr.Combine | None", row.combine),
        lower_is_better=row.lower_is_better,
        limits=limits,
        guardrail=row.guardrail,
        owner=owner,
        start_date=row.start_date,
        end_date=row.end_date,
    )


def rule(row: Link) -> LinkRule:
    """The rule of a link."""
    return rule_from_json(row.rule)


def link_reading(row: Reading | None) -> LinkReading | None:
    """The stored reading of a link."""
    if row is None:
        return None
    return LinkReading(
        done=row.done,
        total=row.total,
        value=row.value,
        coverage=row.coverage,
        items=row.items,
        excluded=row.excluded,
    )


def work_item(row: Item) -> WorkItem:
    """A work item as the mirror holds it; its tags stay in their table."""
    return WorkItem(
        external_id=row.external_id,
        key=row.key,
        title=row.title,
        url=row.url,
        status=row.status,
        category=cast("Category", row.category),
        type=row.type,
        created_at=row.created_at,
        updated_at=row.updated_at,
        state_at=row.state_at,
        resolution=row.resolution,
        level=row.level,
        pull_request=row.pull_request,
        parent_id=row.parent_id,
        parent_key=row.parent_key,
        assignee=row.assignee,
        labels=tuple(row.labels),
        numbers=cast("Mapping[str, float]", row.numbers),
    )


def version(row: Contribution) -> Version:
    """One version of the ledger."""
    return Version(
        item_id=row.item_id,
        key=row.item_key,
        status=row.status,
        state=cast("State", row.state),
        done=row.done,
        total=row.total,
        in_scope=row.in_scope,
        included=row.included,
        sized=row.sized,
        reason=row.reason,
        cause=row.cause,
        valid_from=row.valid_from,
        recorded_at=row.recorded_at,
    )


def field_mapping(connection: Connection, spec: Spec) -> FieldMapping:
    """What the connection's words mean: its own settings over the tracker's defaults."""
    given: dict[str, Any] = connection.options.get("mapping", {})
    dropped = given.get("dropped", spec.dropped)
    statuses = given.get("statuses", {})
    return FieldMapping(
        dropped=frozenset(map(fold, dropped)),
        statuses={fold(name): state for name, state in statuses.items()},
    )
