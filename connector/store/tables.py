"""All tables by one import, so that the metadata is whole wherever it is needed."""

from connector.store.base import Base
from connector.store.mirror import Item, ItemTag, Match, UnreadableItem
from connector.store.numbers import Contribution, Reading, Score
from connector.store.people import Account, Keep, Membership, Person, SignIn, Team, User
from connector.store.plan import Cycle, KeyResult, Link, Objective, Revision
from connector.store.trackers import Connection, Delivery, Hint, Lease, Run, Source

__all__ = [
    "Account",
    "Base",
    "Connection",
    "Contribution",
    "Cycle",
    "Delivery",
    "Hint",
    "Item",
    "ItemTag",
    "Keep",
    "KeyResult",
    "Lease",
    "Link",
    "Match",
    "Membership",
    "Objective",
    "Person",
    "Reading",
    "Revision",
    "Run",
    "Score",
    "SignIn",
    "Source",
    "Team",
    "UnreadableItem",
    "User",
]
