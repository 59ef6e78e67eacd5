"""Plan files against the store: what is there, what a file would change, and changing it."""

from sync.planning.apply import Applied, apply, apply_plan, look
from sync.planning.exporting import exported

__all__ = ["Applied", "apply", "apply_plan", "exported", "look"]
