"""From table rows to the values that the pure functions of ``connector`` take."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, cast

from connector import okr
from connector.ledger import LinkReading, Version
from connector.mapping import DAYS, FieldMapping, as_words
from connector.okr import LinkRule, rule_from_json
from connector.store.tables import (
    Connection,
    Contribution,
    Cycle,
    Item,
    KeyResult,
    Link,
    Reading,
)
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
        curve=cast("okr.Curve", row.curve),
        steps=tuple((date.fromisoformat(day), value) for day, value in row.steps or ()),
        guard=row.guard,
        progress_from=cast("okr.ProgressFrom", row.progress_from),
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


def work_item(row: Item, tags: Collection[str] = ()) -> WorkItem:
    """A work item as the mirror holds it; ``tags`` are those of its own table, where needed."""
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
        place=row.place,
        level=row.level,
        pull_request=row.pull_request,
        parent_id=row.parent_id,
        parent_key=row.parent_key,
        assignee=row.assignee,
        labels=tuple(row.labels),
        tags=frozenset(tags),
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
        replaced_at=row.replaced_at,
    )


def cycle(row: Cycle) -> okr.Cycle:
    """A cycle as a value."""
    return okr.Cycle(row.key, row.start, row.end, cast("okr.CycleState", row.state))


def working_days(mapping: Mapping[str, Any]) -> frozenset[int] | None:
    """The working days that a connection's field mapping gives."""
    days = mapping.get("working_days")
    return None if days is None else frozenset(map(DAYS.index, days))


def field_mapping(connection: Connection, spec: Spec) -> FieldMapping:
    """What the connection's words mean: its own mapping over the tracker's defaults."""
    document: dict[str, Any] = connection.options.get("mapping", {})
    points = spec.points(options_of(connection))
    return as_words(document, dropped=spec.dropped, points=points)


def options_of(connection: Connection) -> dict[str, str]:
    """The settings of a connection: what was typed over what was detected."""
    return options_in(connection.options)


def options_in(stored: Mapping[str, Any]) -> dict[str, str]:
    """The same of settings as they are stored."""
    typed = {name: value for name, value in stored.items() if isinstance(value, str)}
    return {**stored.get("detected", {}), **typed}


def typed_options(connection: Connection) -> dict[str, str]:
    """The settings of a connection that people typed."""
    return {k: v for k, v in connection.options.items() if isinstance(v, str)}
