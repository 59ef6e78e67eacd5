"""Who may sign in: accounts, what each may do, whom of the plan they are, and their links."""

from collections.abc import Sequence
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.errors import Refused
from connector.store.tables import Person, User
from sync.people import tie_user
from web import once
from web.accounts import invitations, passwords
from web.accounts import people as accounts
from web.current import runtime
from web.language import _, lazy
from web.planning import listing, pages
from web.planning.fields import Field, Sheet
from web.planning.forms import Read
from web.planning.inputs import CHOICE

PAGE = "planning/user.html"
ROLES = (
    ("member", lazy("member: sees everything, checks in on what is theirs")),
    ("lead", lazy("lead: also plans for the teams they lead")),
    ("viewer", lazy("viewer: sees everything and changes nothing")),
    ("admin", lazy("admin: changes everything, connections and accounts too")),
)
NOBODY = ("", lazy("nobody of the plan"))


def rows(session: Session) -> Sequence[Any]:
    """(id, name, role, person's key and name, since when disabled, password set) by name."""
    set_already = (User.password_hash != passwords.NO_PASSWORD).label("has_password")
    query = (
        select(
            User.id,
            User.name,
            User.role,
            Person.key.label("person"),
            Person.name.label("person_name"),
            User.disabled_at,
            set_already,
        )
        .outerjoin(Person, Person.id == User.person_id)
        .order_by(User.disabled_at.is_not(None), User.name)
    )
    return session.execute(query).all()


def new() -> ResponseReturnValue:
    """Let somebody sign in: an account, and a one-time link to set its password."""
    sheet = _sheet(None)
    if request.method == "GET":
        typed = {"name": "", "role": "member", "person": request.args.get("person", "")}
        return render_template(PAGE, form=sheet, read=Read(typed), user=None)
    read = _typed(sheet)
    problems: dict[str, Sequence[str]] = {}
    try:
        with runtime().store.write() as session:
            user = accounts.announce(session, _of(read, "name"), _of(read, "role"), g.now)
            token = invitations.invite(session, user, g.now)
    except Refused as refused:
        problems = {"name": refused.problems}
        return _again(sheet, read, problems, None)
    tied = _tie(user.id, _of(read, "person"))
    once.tell(f"user/{user.id}", token=token, said=tied or "")
    return redirect(url_for("plan.user", user=user.id), 303)


def one(user: int) -> ResponseReturnValue:
    """An account: its role, whom of the plan it is, its link, whether it may sign in."""
    row = _held(user)
    sheet = _sheet(user)
    standing = {"role": row.role, "person": row.person or ""}
    if request.method == "GET":
        words = once.told(f"user/{user}")
        return render_template(PAGE, form=sheet, read=Read(standing), user=row, link=_link(words),
                               said=words.get("said", ""))  # fmt: skip
    read = _typed(sheet)
    problems: dict[str, Sequence[str]] = {}
    if _of(read, "role") != row.role:
        try:
            with runtime().store.write() as session:
                accounts.set_role(session, row.name, _of(read, "role"))
        except Refused as refused:
            problems["role"] = refused.problems
    if _of(read, "person") != standing["person"] and (said := _tie(user, _of(read, "person"))):
        problems["person"] = [said]
    if problems:
        return _again(sheet, read, problems, _held(user))
    once.tell(f"user/{user}", said=_("Saved."))
    return redirect(url_for("plan.user", user=user), 303)


def link(user: int) -> ResponseReturnValue:
    """Make a one-time link by which they set a new password; earlier ones open nothing more."""
    row = _held(user)
    with runtime().store.write() as session:
        known = session.get_one(User, user)
        token = invitations.invite(session, known, g.now)
    once.tell(f"user/{row.id}", token=token, said="")
    return redirect(url_for("plan.user", user=user), 303)


def disable(user: int) -> ResponseReturnValue:
    """Let an account sign in no more."""
    name = _held(user).name

    def act() -> None:
        with runtime().store.write() as session:
            invitations.forget(session, accounts.disable(session, name, g.now))

    said = _("%(name)s may not sign in any more.", name=name)
    return pages.do(act, said=said, url=url_for("plan.user", user=user))


def enable(user: int) -> ResponseReturnValue:
    """Let a disabled account sign in again."""
    name = _held(user).name

    def act() -> None:
        with runtime().store.write() as session:
            accounts.enable(session, name)

    said = _("%(name)s may sign in again.", name=name)
    return pages.do(act, said=said, url=url_for("plan.user", user=user))


def _sheet(user: int | None) -> Sheet:
    with runtime().store.read() as session:
        taken = select(User.person_id).where(User.person_id.is_not(None), User.id != (user or 0))
        other = set(session.scalars(select(Person.key).where(Person.id.in_(taken))))
        people = [each for each in listing.names(session, Person) if each[0] not in other]
    hint = lazy("What they sign in with: an e-mail address or a short name.")
    name = Field(name="name", label=lazy("Name"), hint=hint, required=True)
    return Sheet(
        fields=(
            *(() if user else (name,)),
            Field(name="role", label=lazy("May do"), input=CHOICE, choices=ROLES),
            Field(
                name="person",
                label=lazy("Person of the plan"),
                input=CHOICE,
                choices=(NOBODY, *people),
                hint=lazy("Says what is theirs: their work, and the teams they may edit."),
            ),
        )
    )


def _typed(sheet: Sheet) -> Read:
    return Read({each.name: request.form.get(each.name, "").strip() for each in sheet.fields})


def _of(read: Read, name: str) -> str:
    return str(read.typed[name])


def _again(
    sheet: Sheet, read: Read, problems: dict[str, Sequence[str]], user: Any
) -> ResponseReturnValue:
    shown = Read(read.typed, problems=problems)
    return render_template(PAGE, form=sheet, read=shown, user=user), 400


def _tie(user: int, person: str) -> str | None:
    """Say whom of the plan an account is; why not, where it cannot be."""
    try:
        tie_user(runtime(), user, person or None)
    except Refused as refused:
        return str(refused)
    return None


def _link(words: dict[str, Any]) -> str:
    """The address to give to them; "" for none."""
    if not words.get("token"):
        return ""
    base = runtime().settings.public_url or request.url_root.rstrip("/")
    return base.rstrip("/") + url_for("welcome.page", token=words["token"])


def _held(user: int) -> Any:
    with runtime().store.read() as session:
        found = next((row for row in rows(session) if row.id == user), None)
    return found if found is not None else abort(404)


ROUTES = (
    ("/users/new", "new_user", new, pages.BOTH),
    ("/users/<int:user>", "user", one, pages.BOTH),
    ("/users/<int:user>/link", "user_link", link, pages.POST),
    ("/users/<int:user>/disable", "disable_user", disable, pages.POST),
    ("/users/<int:user>/enable", "enable_user", enable, pages.POST),
)
