"""Allowing a connection to write back."""

from flask import request

from connector.errors import Refused
from sync import writeback
from web.connections.showing import page, report
from web.current import runtime


def allow(name: str) -> str:
    """Allow the kinds that are ticked and no other; what waited for a right is tried again."""
    report(name)
    try:
        kinds = writeback.allow(runtime(), name, request.form.getlist("kind"))
    except Refused as refused:
        return page(name, write_back_problems=refused.problems)
    said = f"Links may ask for: {', '.join(kinds)}." if kinds else "Nothing is written back."
    return page(name, write_back_said=said)
