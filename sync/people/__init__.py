"""Who is who: which tracker account is whose, whom a signed-in user is, and what is theirs."""

from sync.people.accounts import AccountReport, accounts, link_account, unlink_account
from sync.people.editing import (
    check_in_refusal,
    key_result_refusal,
    objective_refusal,
    refusal,
    team_refusal,
)
from sync.people.footing import Footing, footing, teams_of
from sync.people.mine import Mine, mine, person_of_user, tie_user
from sync.people.suggesting import Suggestion, suggestions

__all__ = [
    "AccountReport",
    "Footing",
    "Mine",
    "Suggestion",
    "accounts",
    "check_in_refusal",
    "footing",
    "key_result_refusal",
    "link_account",
    "mine",
    "objective_refusal",
    "person_of_user",
    "refusal",
    "suggestions",
    "team_refusal",
    "teams_of",
    "tie_user",
    "unlink_account",
]
