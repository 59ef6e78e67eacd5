"""What does not come along into another cycle, in sentences."""

from sync.planning.drafting import Note
from web.language import _, _n, told_plainly


def sentence(note: Note, source: str, target: str) -> str:
    """One thing that is left out, or otherwise than in the cycle it is taken over from."""
    key, more = note.key, note.more
    match note.why:
        case "team":
            return _("%(key)s stays behind: its team %(team)s is retired.", key=key, team=more)
        case "retired":
            return _("%(key)s stays behind: it is retired.", key=key)
        case "renamed":
            said = _("%(key)s becomes %(name)s: %(cycle)s has another %(key)s.",
                     key=key, name=more, cycle=target)  # fmt: skip
        case "owner":
            said = _("%(key)s has no owner there: %(person)s is retired.", key=key, person=more)
        case "support":
            said = _("%(key)s does not support %(other)s there: %(other)s is not in %(cycle)s.",
                     key=key, other=more, cycle=target)  # fmt: skip
        case "stranger":
            said = _("%(key)s supports what is called %(other)s there: “%(title)s”.",
                     key=key, other=more, title=note.reason)  # fmt: skip
        case "steps":
            said = _("%(key)s is expected to move evenly there: its dated steps are of %(cycle)s.",
                     key=key, cycle=source)  # fmt: skip
        case _:
            said = _of_link(note)
    return said


def _of_link(note: Note) -> str:
    if note.why == "unseen":
        return _n(
            "%(num)s link of %(key)s stays behind: you may not see its work.",
            "%(num)s links of %(key)s stay behind: you may not see their work.",
            int(note.more),
            key=note.key,
        )
    named = {"key": note.key, "scope": note.more[:200], "reason": told_plainly(note.reason)}
    if note.why == "unnoted":
        return _("%(key)s does not show itself at %(scope)s: %(reason)s.", **named)
    return _("%(key)s is not linked to %(scope)s: %(reason)s.", **named)
