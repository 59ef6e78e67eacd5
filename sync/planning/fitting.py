"""Whether links fit their key result and each other, by the rules of plan files."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.plans import Entry, PlanLink
from connector.plans.checks import key_result_problems
from sync.planning.stored import stored


def refuse_misfit(session: Session, place: tuple[str, str], links: Sequence[PlanLink]) -> None:
    """Refuse what a plan file with these links of a (cycle, key result) would be refused for."""
    cycle, key = place
    given = tuple(links)
    entry = Entry("key_result", key, cycle, {"links": given}, 0)
    record = {**stored(session).records[entry.identity], "links": given}
    problems = [sentence for _, sentence in key_result_problems(entry, record)]
    if problems:
        raise Refused(*problems)
