"""The form that connects a tracker, drawn from what the tracker declares."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from connector.store.tables import Connection
from integrations.tracker import Client, Setting, Spec
from sync.agreements import Wanted
from sync.connections import Request, asked_again
from web.connections.sentences import ours
from web.language import _, lazy, told_plainly

WAYS = ("token", "consent")
NAME = lazy("A short name for it here, such as %(name)s-eu: a-z, 0-9, - and _.")
URLS = {"jira": "https://your-site.atlassian.net", "github": "https://github.example.com"}
CLIENT = ("client_id", "client_secret", "auth_server")
"""Settings of signing in that are the application's, not the connection's."""
OF_AN_APP = frozenset({"client_id", "client_secret", "installation"})
"""What is filled in for an application that is there already, where the tracker makes others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field as it is shown; a secret's value is never. What is ``later`` is folded away, so is
    what is ``there`` already: an application of people's own."""

    name: str
    label: str
    help: str = ""
    input: str = "text"
    choices: tuple[str, ...] = ()
    required: bool = False
    fixed: bool = False
    later: bool = False
    there: bool = False
    value: str = ""


def ways(spec: Spec) -> tuple[str, ...]:
    """The ways of signing in a tracker has."""
    return WAYS if "consent" in spec.capabilities else WAYS[:1]


def fields(
    spec: Spec, way: str, given: Mapping[str, str], held: Connection | None
) -> Iterator[Field]:
    """The fields of one way; ``held`` is the connection that is changed, if one is."""
    yield Field(
        name="name",
        label=_("Name"),
        help="" if held else str(NAME) % {"name": spec.key},
        required=True,
        fixed=held is not None,
        value=held.name if held else given.get("name", ""),
    )
    if way == "token":
        example = URLS.get(spec.key, "https://example.com")
        yield Field(
            name="url",
            label=_("URL"),
            help=_("%(home)s when left empty, else such as %(url)s.", home=spec.home, url=example)
            if spec.home
            else _("Where %(tracker)s is, such as %(url)s.", tracker=spec.label, url=example),
            required=not spec.home,
            value=given.get("url", ""),
        )
    for setting in spec.settings:
        if setting.way in {"", way}:
            yield _field(setting, given, held, makes="app" in spec.capabilities)


def given_of(held: Connection) -> dict[str, str]:
    """What was typed for a connection, to be changed."""
    request = asked_again(held)
    private = {"allow_private": "yes"} if request.allow_private else {}
    return {"name": request.name, "url": request.url, **request.options, **private}


def typed_of(wanted: Wanted) -> dict[str, str]:
    """What was typed to sign in, but for the secret."""
    client = wanted.client
    ticks = {
        "allow_private": client.allow_private,
        "writing": "writeback" in client.extras,
    }
    return {
        **wanted.options,
        "name": wanted.name,
        "client_id": client.id,
        "auth_server": client.server,
        **{name: "yes" for name, on in ticks.items() if on},
    }


def request_of(spec: Spec, form: Mapping[str, str]) -> Request:
    """A connection by token, as it was typed; an empty token keeps the one there is."""
    return Request(
        tracker=spec.key,
        name=_text(form, "name"),
        url=_text(form, "url") or spec.home,
        token=_text(form, "token") or None,
        options=_typed(spec, form, {"", "token"}),
        allow_private="allow_private" in form,
    )


def wanted_of(spec: Spec, form: Mapping[str, str], redirect: str) -> Wanted:
    """A connection by signing in, as it was typed."""
    extras = {"registering"} | ({"writeback"} if "writing" in form else set())
    client = Client(
        id=_text(form, "client_id"),
        secret=_text(form, "client_secret"),
        redirect=redirect,
        server=_text(form, "auth_server"),
        allow_private="allow_private" in form,
        extras=frozenset(extras),
    )
    typed = _typed(spec, form, {"", "consent"})
    name = _text(form, "name")
    options = {each: text for each, text in typed.items() if each not in CLIENT}
    return Wanted(tracker=spec.key, name=name, client=client, options=options)


def empty(
    spec: Spec, way: str, form: Mapping[str, str], held: Connection | None
) -> dict[str, list[str]]:
    """What is said at each required field that was left empty."""
    return {
        each.name: [ours(_("fill this in"))]
        for each in fields(spec, way, form, held)
        if each.required and not each.fixed and not _text(form, each.name)
    }


def _field(
    setting: Setting, given: Mapping[str, str], held: Connection | None, *, makes: bool
) -> Field:
    keeps = setting.name == "token" and held is not None and held.grant_cipher is None
    if makes and setting.name == "client_secret" and held is not None:
        keeps = held.grant_cipher is not None
    kept = _("Leave it empty to keep the one there is, while the URL stays the same.")
    return Field(
        name=setting.name,
        label=told_plainly(setting.label),
        help=f"{told_plainly(setting.help)} {kept if keeps else ''}".strip(),
        input="password" if setting.secret and setting.input == "text" else setting.input,
        choices=setting.choices,
        required=setting.required and not keeps,
        later=not setting.way and not setting.required,
        there=makes and setting.name in OF_AN_APP,
        value="" if setting.secret else given.get(setting.name, ""),
    )


def _typed(spec: Spec, form: Mapping[str, str], wanted: set[str]) -> dict[str, str]:
    plain = (each for each in spec.settings if not each.secret and each.way in wanted)
    return {each.name: text for each in plain if (text := _text(form, each.name))}


def _text(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").strip()
