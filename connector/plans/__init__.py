"""Plan files: read them, check them against what is stored, say what they would change."""

from connector.plans.changes import Change, Changes, Check, CheckNotes, Record, Stored
from connector.plans.diff import diff
from connector.plans.entries import Entry, Identity, Kind, Plan, PlanLink
from connector.plans.fields import defaults
from connector.plans.reading import TRACKERS, parse, read_plan
from connector.plans.scoring import policy_of, record_of
from connector.plans.writing import as_text

__all__ = [
    "TRACKERS",
    "Change",
    "Changes",
    "Check",
    "CheckNotes",
    "Entry",
    "Identity",
    "Kind",
    "Plan",
    "PlanLink",
    "Record",
    "Stored",
    "as_text",
    "defaults",
    "diff",
    "parse",
    "policy_of",
    "read_plan",
    "record_of",
]
