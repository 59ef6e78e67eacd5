"""A stored plan written as a file says the same again."""

from typing import Any

from hypothesis import given, settings

from connector.plans import Stored, as_text, diff, parse
from tests.connector.plans.strategies import plans
from tests.connector.plans.test_properties import applied, plan_of, understood


@given(plans())
@settings(max_examples=60)
def test_a_stored_plan_written_as_a_file_changes_nothing(content: dict[str, Any]) -> None:
    _, stored = applied(plan_of(content), Stored())
    plan = parse(as_text(stored))
    assert diff(plan, stored, understood).changes == ()
    assert applied(plan, Stored())[1].records == stored.records
