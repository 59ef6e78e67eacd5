"""One connection for its admins: test, mapping, webhooks, disconnect."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from connector.errors import Refused, TrackerError
from sync import connections, mappings
from sync.hooks import keeping
from sync.mappings import Saving
from web import once
from web.connections.showing import back_to, mapping, outcome, page, report
from web.current import runtime
from web.language import _, _n

REASON = "The mapping proposed when the connection was made"


def one(name: str) -> str:
    """How a connection does, what can be done about it, and what was just done."""
    return page(name, **once.told(f"one/{name}"))


def lead_back(name: str) -> ResponseReturnValue:
    """From the address of something done to the page of its connection."""
    report(name)
    return redirect(url_for("connections.one", name=name), 303)


def test(name: str) -> ResponseReturnValue:
    """Test it now."""
    report(name)
    return back_to(name, tested=outcome(connections.again(runtime(), name)))


def use_mapping(name: str) -> ResponseReturnValue:
    """Set the mapping that was proposed."""
    report(name)
    text = mapping(name)["proposed"]
    if not text:
        return back_to(name, said=_("There is no proposal that is not in use already."))
    saving = Saving(author=g.principal.name, reason=REASON)
    document = mappings.parse(text, "the proposed mapping")
    saved = mappings.save(runtime(), name, document, saving)
    links = saved.links + saved.waiting
    said = _n(
        "Version %(version)s of the mapping is in use; %(num)s link follows it.",
        "Version %(version)s of the mapping is in use; %(num)s links follow it.",
        links,
        version=saved.version,
    )
    return back_to(name, said=said)


def hooks(name: str) -> ResponseReturnValue:
    """Set up webhooks, take them away, or make a new secret."""
    report(name)
    wanted, running = request.form.get("do", ""), runtime()
    secret: str | None = None
    try:
        match wanted:
            case "register":
                problem = keeping.register(running, name)
            case "remove":
                problem = keeping.remove(running, name)
            case "rotate":
                rotated = keeping.rotate(running, name)
                secret, problem = rotated.secret, rotated.error
            case _:
                raise Refused("There is nothing of that name to do with webhooks.")
    except TrackerError as error:
        problem = str(error)
    return back_to(name, hook_secret=secret, hook_problem=problem, hook_done=wanted)


def disconnect(name: str) -> ResponseReturnValue:
    """Ask once, then stop reading the connection and forget its token."""
    shown = report(name)
    if request.method == "GET":
        return render_template("connections/disconnect.html", each=shown)
    _links, left = keeping.disconnect(runtime(), name)
    if left is None:
        return redirect(url_for("connections.page"), 303)
    once.tell(f"left/{name}", sentence=left)
    return redirect(url_for("connections.left", name=name), 303)


def left(name: str) -> ResponseReturnValue:
    """What stayed at the tracker of a connection that ended."""
    words = once.told(f"left/{name}")
    if not words:
        return redirect(url_for("connections.page"), 303)
    return render_template("connections/hooks_left.html", name=name, **words)
