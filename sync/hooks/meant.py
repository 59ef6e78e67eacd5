"""Whom a delivery is meant for."""

from collections.abc import Mapping
from typing import Any

from integrations.tracker import Delivery
from sync.values import options_in


def fits(stored: Mapping[str, Any], delivery: Delivery) -> bool:
    """Whether it is for a connection of these settings; what they do not say fits all."""
    known = options_in(stored)
    return all(known.get(name, value) == value for name, value in delivery.fits.items())
