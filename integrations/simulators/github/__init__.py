"""A simulated GitHub."""
