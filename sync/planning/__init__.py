"""Plan files against the store: what is there, what a file would change, and changing it."""

from sync.planning.apply import Applied, apply

__all__ = ["Applied", "apply"]
