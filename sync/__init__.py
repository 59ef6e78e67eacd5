"""How it gets there: from a tracker to a score, and again when something changes."""
