"""Linking by hand: what can be linked, and links made, changed, ended, brought back by people."""

from sync.linking.finding import ADDRESS, Offer, located, meant, offered, search
from sync.linking.restoring import ended, restore
from sync.linking.saving import add, change, check, remove
from sync.linking.standing import Held, had, held
from sync.linking.suggesting import Suggestion, dismiss, recall, searched, unlinked

__all__ = [
    "ADDRESS",
    "Held",
    "Offer",
    "Suggestion",
    "add",
    "change",
    "check",
    "dismiss",
    "ended",
    "had",
    "held",
    "located",
    "meant",
    "offered",
    "recall",
    "remove",
    "restore",
    "search",
    "searched",
    "unlinked",
]
