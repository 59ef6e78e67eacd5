"""Linking by hand: what can be linked, and links made, changed and ended by people."""

from sync.linking.finding import ADDRESS, Offer, located, meant, offered, search
from sync.linking.saving import add, change, check, remove
from sync.linking.standing import Held, held

__all__ = [
    "ADDRESS",
    "Held",
    "Offer",
    "add",
    "change",
    "check",
    "held",
    "located",
    "meant",
    "offered",
    "remove",
    "search",
]
