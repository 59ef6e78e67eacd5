"""Webhooks of connections: their secret, setting them up and keeping them, and how they do."""
