"""People: who belongs where, who leads and owns, and which accounts of trackers are theirs."""

from dataclasses import dataclass
from typing import Any

from flask import abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.plans import Identity, Record
from connector.store.tables import Person, Team, User
from sync import people as services
from sync.planning import editing
from web.current import runtime
from web.language import _, lazy
from web.paging import paged
from web.planning import forms, listing, pages, users
from web.planning.fields import KEY, Field, Form
from web.planning.inputs import CHOICE, EMAIL, PICK, SEVERAL
from web.planning.saving import Saved

PAGE = "planning/person.html"
ROLES = (
    ("member", lazy("member: works in teams, checks in on what is theirs")),
    ("lead", lazy("lead: leads the teams they are in")),
    ("viewer", lazy("viewer: only looks")),
    ("admin", lazy("admin: looks after everything")),
)
NAMES = {
    "member": lazy("member"),
    "lead": lazy("lead"),
    "viewer": lazy("viewer"),
    "admin": lazy("admin"),
}
"""What the roles are called in lists."""
LONGEST = 300
"""The most accounts that are shown to choose from; more are found by typing."""
_KEY = Field(
    name=KEY,
    label=lazy("Key"),
    hint=lazy("Short, for plan files; made of the name where it is empty."),
)


def overview() -> str:
    """Everybody in the plan; for admins, who may sign in as well."""
    sought = request.args.get("q", "").strip()[:100]
    with runtime().store.read() as session:
        found = listing.people(session, sought)
        retired = listing.retired_people(session)
        signing = users.rows(session) if g.principal.role == "admin" else ()
    return render_template(
        "planning/people.html",
        people=paged(found, "page", 50),
        retired=retired,
        users=signing,
        sought=sought,
        role_names=NAMES,
    )


def new() -> ResponseReturnValue:
    """Add somebody."""
    form = _form(None)
    if request.method == "POST":
        return pages.save(form, template=PAGE, then=_added)
    team = request.args.get("team", "")
    known = [key for key, _name in form.field("teams").choices if key == team]
    return render_template(PAGE, form=form, read=forms.blank(form, teams=known))


def one(person: str) -> ResponseReturnValue:
    """Somebody's name, teams, role and accounts."""
    record = _held(person)
    form = _form(person)
    beside = _beside(person, record)
    if request.method == "POST":
        return pages.save(form, template=PAGE, then=_saved, **beside)
    return render_template(PAGE, form=form, read=forms.shown(form, record), **beside)


def retire(person: str) -> ResponseReturnValue:
    """Retire somebody who owns and leads nothing any more."""
    name = _held(person)["name"]
    return pages.do(
        lambda: editing.retire(runtime(), _identity(person), author=pages.author()),
        said=_("%(name)s is retired and can be brought back.", name=name),
        url=url_for("plan.person", person=person),
    )


def restore(person: str) -> ResponseReturnValue:
    """Bring somebody back."""
    name = _held(person)["name"]
    return pages.do(
        lambda: editing.restore(runtime(), _identity(person), author=pages.author()),
        said=_("%(name)s is back.", name=name),
        url=url_for("plan.person", person=person),
    )


def _form(key: str | None) -> Form:
    trackers = {name: each.spec.label for name, each in runtime().trackers.items()}
    with runtime().store.read() as session:
        teams = listing.names(session, Team)
        taken = listing.taken(session, Person) if key is None else frozenset()
        accounts = _Accounts(services.accounts(session), key, _near(session, key))
    fields = (
        Field(name="name", label=lazy("Name"), required=True),
        *(() if key else (_KEY,)),
        Field(
            name="email",
            label=lazy("E-mail"),
            input=EMAIL,
            hint=lazy("Finds their accounts in the trackers; a user of this name is them."),
        ),
        Field(name="role", label=lazy("Role in the plan"), input=CHOICE, choices=ROLES),
        Field(name="teams", label=lazy("Teams"), input=SEVERAL, choices=teams),
        *(accounts.field(name, label) for name, label in trackers.items()),
    )
    named = tuple(trackers)
    return Form(kind="person", fields=fields, key=key, named_by="name", taken=taken, accounts=named)


@dataclass(frozen=True, slots=True)
class _Accounts:
    """The accounts there are, whose of them a person's may be, and the likeliest by tracker."""

    every: tuple[services.AccountReport, ...]
    person: str | None
    near: dict[str, str]

    def field(self, tracker: str, label: str) -> Field:
        """The account of one tracker, to be chosen of those that are nobody's yet."""
        free = [
            (each.external_id, _called(each))
            for each in self.every
            if each.tracker == tracker and each.person in {None, self.person}
        ]
        many = len(free) > LONGEST
        return Field(
            name=tracker,
            label=_("Account in %(tracker)s", tracker=label),
            input=PICK if many or not free else CHOICE,
            choices=free[:LONGEST] if many else (("", _("none")), *free),
            hint=self.near.get(tracker) or _("The account that their work is assigned to."),
            value=lambda record: record["accounts"].get(tracker),
        )


def _called(account: services.AccountReport) -> str:
    known = account.external_id
    return f"{account.name} ({known})" if account.name else known


def _near(session: Session, person: str | None) -> dict[str, str]:
    """By tracker, the account that has the person's e-mail."""
    found = services.suggestions(session, runtime().vault.mark) if person else ()
    return {
        each.tracker: _("%(account)s has the same e-mail.", account=each.name or each.external_id)
        for each in found
        if each.person == person
    }


def _beside(person: str, record: Record) -> dict[str, Any]:
    with runtime().store.read() as session:
        user = session.execute(
            select(User.id, User.name)
            .join(Person, Person.id == User.person_id)
            .where(Person.key == person)
        ).first()
    return {"record": record, "user": user}


def _held(person: str) -> Record:
    with runtime().store.read() as session:
        record = editing.held(session, "person", person)
    return record if record is not None else abort(404)


def _identity(person: str) -> Identity:
    return ("person", None, person)


def _added(saved: Saved) -> tuple[str, str]:
    return _("%(person)s is there.", person=saved.name), url_for("plan.people")


def _saved(saved: Saved) -> tuple[str, str]:
    url = url_for("plan.person", person=saved.key)
    return _("%(person)s is saved.", person=saved.name), url


ROUTES = (
    ("/people", "people", overview, pages.GET),
    ("/people/new", "new_person", new, pages.BOTH),
    ("/people/<person>", "person", one, pages.BOTH),
    ("/people/<person>/retire", "retire_person", retire, pages.POST),
    ("/people/<person>/restore", "restore_person", restore, pages.POST),
)
