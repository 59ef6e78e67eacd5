"""The effect of new or changed links and field mappings before they are saved; writes nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector import ledger, okr, pace, scoring
from connector.effects import SHOWN, LinkEffect, Named, Standing, effect
from connector.errors import Refused, TrackerError
from connector.ledger import Candidate, Part
from connector.mapping import FieldMapping
from connector.okr import LinkRule
from connector.report import Health
from connector.scopes import Below, Matching, Scope
from connector.selecting import lying_in
from connector.store.chunks import chunks
from connector.store.tables import (
    Connection,
    Contribution,
    Cycle,
    Item,
    KeyResult,
    Link,
    Objective,
    Override,
    Policy,
    Source,
)
from connector.work import WorkItem
from integrations.tracker import Account, Need, Page, ScopeKind, Tracker
from sync import values
from sync.accounts import account_of
from sync.members import candidates
from sync.runtime import Runtime
from sync.sources import Bound, bound

DEEPEST = 10
"""Levels below a scope's root that a dry run reads."""
