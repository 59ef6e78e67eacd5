"""Who may open which page, and which objects on it they may see and edit.

``TABLE`` says which role may use which endpoint; ``enforce`` asks it before every request. What an
object's own place decides is asked by the pages, through the functions of ``objects``:

* ``sight().blurred(report)`` before any work item, link or scope is shown (or exported);
  ``sight().sees(connection_id)`` before one connection's items are looked for.
* ``may_edit_team``, ``may_edit_objective``, ``may_edit_key_result``, ``may_check_in`` to offer a
  way; the same with ``why_not_`` and ``refuse`` before anything is written.
* ``sees_drafts_of(team)`` before a draft or candidate objective is shown, ``sees_objective`` before
  one is named by its address, ``unseen_keys`` where others are named by their keys,
  ``whole_or_404`` where a draft cycle is added up; ``seen_cycle`` is for reports of cycles
  (``web.cycles.report_or_404`` calls it).
"""

from web.access.editing import (
    may_check_in,
    may_edit_and_check_in,
    may_edit_key_result,
    may_edit_objective,
    may_edit_team,
    refuse,
    why_not_check_in,
    why_not_edit_key_result,
    why_not_edit_objective,
    why_not_edit_team,
)
from web.access.objects import (
    drafts_of,
    seen_cycle,
    sees_cycle,
    sees_drafts_of,
    sees_objective,
    sees_state,
    sight,
    unseen_keys,
    whole_or_404,
)
from web.access.table import ADMINS, EVERYBODY, LEADS, PUBLIC, TABLE, allowed, enforce, to_sign_in

__all__ = [
    "ADMINS",
    "EVERYBODY",
    "LEADS",
    "PUBLIC",
    "TABLE",
    "allowed",
    "drafts_of",
    "enforce",
    "may_check_in",
    "may_edit_and_check_in",
    "may_edit_key_result",
    "may_edit_objective",
    "may_edit_team",
    "refuse",
    "seen_cycle",
    "sees_cycle",
    "sees_drafts_of",
    "sees_objective",
    "sees_state",
    "sight",
    "to_sign_in",
    "unseen_keys",
    "whole_or_404",
    "why_not_check_in",
    "why_not_edit_key_result",
    "why_not_edit_objective",
    "why_not_edit_team",
]
