"""What people see of the store: cycles, explanations and connections, as report values."""

from sync.reports.connections import connection_reports
from sync.reports.cycle import cycle_report, key_result_reports
from sync.reports.cycles import current_cycle, cycles, pick_cycle
from sync.reports.explain import explanation, movement_reports
from sync.reports.outlook import outlook

__all__ = [
    "connection_reports",
    "current_cycle",
    "cycle_report",
    "cycles",
    "explanation",
    "key_result_reports",
    "movement_reports",
    "outlook",
    "pick_cycle",
]
