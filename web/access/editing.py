"""Which objects somebody edits: ask ``may_`` to offer a way, ``refuse(why_not_…)`` before writing.

Admins edit all; leads what they own, and everything of the teams they lead and those below; members
check in on key results they own (or whose objective they own); viewers nothing. A lead whom nobody
tied to a person of the plan edits nothing, and is told so. All answer 404 for what is not there.
"""

from collections.abc import Callable

from flask import abort, g
from sqlalchemy.orm import Session

from connector.errors import Refused
from sync import people
from web.access.objects import unseen_keys
from web.current import runtime
from web.language import lazy

ROLE = lazy("Your role does not allow this.")


def why_not_edit_team(team: str) -> str | None:
    """Why a team may not be edited (its name, people, order, new objectives); None where it may."""
    return _why_not(lambda session, user: people.team_refusal(session, user, team))


def why_not_edit_objective(cycle: str, key: str) -> str | None:
    """Why an objective may not be edited (its words, state, new key results); None where it may."""
    return _why_not(lambda session, user: people.objective_refusal(session, user, cycle, key))


def why_not_edit_key_result(cycle: str, key: str) -> str | None:
    """Why a key result may not be edited (definition, override, links); None where it may."""
    return _why_not(lambda session, user: people.key_result_refusal(session, user, cycle, key))


def why_not_check_in(cycle: str, key: str) -> str | None:
    """Why no check-in may be made on a key result; None where one may."""
    if g.principal.role != "member":
        return why_not_edit_key_result(cycle, key)

    def ask(session: Session, user: int) -> str | None:
        if key in unseen_keys(session, cycle):
            abort(404)
        return people.check_in_refusal(session, user, cycle, key)

    return _ask(ask)


def may_edit_team(team: str) -> bool:
    """Whether whoever is signed in may edit a team, and add objectives to it."""
    return why_not_edit_team(team) is None


def may_edit_objective(cycle: str, key: str) -> bool:
    """Whether whoever is signed in may edit an objective, and add key results to it."""
    return why_not_edit_objective(cycle, key) is None


def may_edit_key_result(cycle: str, key: str) -> bool:
    """Whether whoever is signed in may edit a key result."""
    return why_not_edit_key_result(cycle, key) is None


def may_check_in(cycle: str, key: str) -> bool:
    """Whether whoever is signed in may check in on a key result."""
    return why_not_check_in(cycle, key) is None


def may_edit_and_check_in(cycle: str, key: str) -> tuple[bool, bool]:
    """Both for a key result that is shown; who may edit it checks in on it too."""
    if g.principal.role == "member":
        refused = _ask(lambda session, user: people.check_in_refusal(session, user, cycle, key))
        return False, refused is None
    may_edit = may_edit_key_result(cycle, key)
    return may_edit, may_edit


def refuse(said: str | None) -> None:
    """Answer 403 with the sentence, if there is one."""
    if said is not None:
        abort(403, said)


def _why_not(ask: Callable[[Session, int], str | None]) -> str | None:
    """Admins need not ask, and who neither leads nor administers is told so at once."""
    if g.principal.role == "admin":
        return None
    return _ask(ask) if g.principal.role == "lead" else str(ROLE)


def _ask(ask: Callable[[Session, int], str | None]) -> str | None:
    with runtime().store.read() as session:
        try:
            return ask(session, g.principal.user_id)
        except Refused:
            abort(404)
