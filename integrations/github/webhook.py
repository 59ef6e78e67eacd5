"""GitHub's webhook deliveries: hints which issue changed, never data."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from urllib.parse import parse_qs

from connector.errors import BadReading
from connector.work import Ref
from integrations.github.places import repository_of
from integrations.kit.decode import Undecodable, decode
from integrations.kit.fields import Fields
from integrations.kit.signature import header
from integrations.tracker import Delivery, Hint

# Event → where in its body the issues are.
_ISSUES = {
    "issues": ("issue",),
    "issue_comment": ("issue",),
    "pull_request": ("pull_request",),
    "sub_issues": ("parent_issue", "sub_issue"),
    "issue_dependencies": ("blocked_issue", "blocking_issue"),
}
_PARTS = ("milestone", "label", "repository")
_LEFT = ("deleted", "transferred")


def delivery(headers: Mapping[str, str], body: bytes) -> Delivery:
    """Read a body; the identifier is GitHub's, the same when it delivers again."""
    event = header(headers, "X-GitHub-Event").strip()[:100]
    if not event:
        raise BadReading("X-GitHub-Event", "is missing", "the delivery")
    fields = _body(headers, body)
    hints = tuple(_hints(event, fields))
    identifier = header(headers, "X-GitHub-Delivery").strip()
    action = fields.maybe_text("action")
    parts = frozenset(_sources(fields)) if event in _PARTS else frozenset[str]()
    return Delivery(
        identifier=identifier[:200] or f"sha256:{sha256(body).hexdigest()}",
        event=f"{event}.{action}" if action else event,
        sources=_with_owners(parts | {hint.source for hint in hints}),
        hints=hints,
    )


def _with_owners(repositories: frozenset[str]) -> frozenset[str]:
    """These sources, and those that read all repositories of their owners."""
    return repositories | {f"{repo.partition('/')[0]}/*" for repo in repositories}


def _hints(event: str, fields: Fields) -> Iterator[Hint]:
    places = _ISSUES.get(event, ())
    found = [issue for name in places if (issue := fields.maybe_within(name))]
    if places and not found:
        fields.missing(places[0])
    for issue in found:
        yield _hint(event, fields, issue)


def _hint(event: str, fields: Fields, issue: Fields) -> Hint:
    repo = repository_of(issue.maybe_text("repository_url"))
    repo = (repo or fields.within("repository").text("full_name")).lower()
    # A pull request's own id is not the id it has as an issue.
    external_id = None if event == "pull_request" else issue.identifier("id")
    ref = Ref(external_id, f"{repo}#{issue.identifier('number')}")
    left = event == "issues" and fields.maybe_text("action") in _LEFT
    return Hint(repo, ref, None if left else issue.maybe_instant("updated_at"))


def _sources(fields: Fields) -> Iterator[str]:
    repository = fields.within("repository")
    name = repository.text("full_name").lower()
    yield name
    before = _before(fields)
    if before:
        yield f"{name.partition('/')[0]}/{before.lower()}"


def _before(fields: Fields) -> str | None:
    """The name a renamed repository had."""
    changes = fields.maybe_within("changes")
    about = changes.maybe_within("repository") if changes else None
    name = about.maybe_within("name") if about else None
    return name.maybe_text("from") if name else None


def _body(headers: Mapping[str, str], body: bytes) -> Fields:
    try:
        value = decode(_json(headers, body), unique=True)
    except (Undecodable, ValueError) as error:
        raise BadReading("body", str(error), "the delivery") from error
    if not isinstance(value, dict):
        raise BadReading("body", "is not an object", "the delivery")
    return Fields(value, item="the delivery")


def _json(headers: Mapping[str, str], body: bytes) -> bytes:
    if "x-www-form-urlencoded" not in header(headers, "Content-Type").lower():
        return body
    form = parse_qs(body.decode("ascii"), max_num_fields=5)
    return form.get("payload", [""])[0].encode("utf-8", "replace")
