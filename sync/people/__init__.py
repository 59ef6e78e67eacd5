"""Who is who: which tracker account is whose, whom a signed-in user is, and what is theirs."""

from sync.people.accounts import AccountReport, accounts, link_account, unlink_account
from sync.people.editing import refusal
from sync.people.mine import Mine, mine, person_of_user, tie_user
from sync.people.suggesting import Suggestion, suggestions

__all__ = [
    "AccountReport",
    "Mine",
    "Suggestion",
    "accounts",
    "link_account",
    "mine",
    "person_of_user",
    "refusal",
    "suggestions",
    "tie_user",
    "unlink_account",
]
