"""Whether the number fields that a plan's new links measure by are there."""

from collections.abc import Iterator

from connector.plans import Plan
from sync import sizing
from sync.planning.stored import stored
from sync.runtime import Runtime
from sync.sizing import Sized


def are_fields(plan: Plan) -> bool:
    """Whether any link of the plan measures by a number field."""
    links = (link for entry in plan.entries for link in entry.fields.get("links", ()))
    return any(sizing.field_of(link.rule) is not None for link in links)


def refuse_missing(runtime: Runtime, plan: Plan) -> None:
    """Refuse a plan that fits what is stored, but for links that are new or count otherwise and
    measure by a field that their tracker has not."""
    if are_fields(plan):
        sizing.refuse_missing(runtime, list(_new(runtime, plan)))


def _new(runtime: Runtime, plan: Plan) -> Iterator[Sized]:
    with runtime.store.read() as session:
        records = stored(session).records
    for entry in plan.entries:
        before = records.get(entry.identity, {}).get("links", ())
        held = [(link.scope.text, link.rule) for link in before]
        for link in entry.fields.get("links", ()):
            if (link.scope.text, link.rule) not in held:
                where = f"{plan.name}:{link.line}: {entry.key}: "
                yield Sized(link.scope, link.rule, where)
