"""Setting up Jira's webhooks: an admin's on Cloud and Data Center, or those of a signed-in app."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from connector.errors import AccessDenied, BadReading, Emptied, Gone, TrackerError, Unavailable
from integrations.jira.absent import from_jira
from integrations.jira.client import JiraClient
from integrations.jira.jql import quote
from integrations.jira.places import on_gateway
from integrations.kit.answers import Absent, Answer, Denied
from integrations.kit.fields import instant
from integrations.tracker import Account, Registered, secret_path

_ADMIN, _NEWER, _DYNAMIC = "webhooks/1.0/webhook", "jira-webhook/1.0/webhooks", "api/3/webhook"
_PATHS = {"admin": _ADMIN, "newer": _NEWER}
_LASTS = timedelta(days=30)
_ISSUES = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted")
_SPRINTS = tuple(f"sprint_{each}" for each in "created updated started closed deleted".split())
_VERSIONS = tuple(
    f"jira:version_{each}" for each in "created updated released unreleased moved deleted".split()
)
_PROJECTS = ("project_created", "project_updated", "project_deleted")
_CLOUD = (
    "project_soft_deleted", "project_restored_deleted", "project_archived",
    "project_restored_archived",
)  # fmt: skip
_EVERYWHERE = (
    *_ISSUES, "issuelink_created", "issuelink_deleted", *_SPRINTS, *_VERSIONS, *_PROJECTS,
)  # fmt: skip
_OF_APPS = (*_ISSUES, *_SPRINTS, *_VERSIONS, "jira:version_merged")


class JiraRegistrar:
    """Webhooks as one account may set them up; ids tell by which way they were."""

    def __init__(self, client: JiraClient, account: Account, is_cloud: Callable[[], bool]) -> None:
        self._client, self._name, self._is_cloud = client, account.name, is_cloud
        # A sign-in comes by the gateway with a token alone; so may an account of a service.
        self._may_be_app = on_gateway(client.url) and not account.options.get("email")

    @property
    def redelivery(self) -> None:
        """Jira repeats failed deliveries by itself."""
        return None

    def register(self, url: str, secret: str, places: Sequence[str]) -> Registered:
        """The first way Jira lets this account go."""
        if not self._is_cloud():
            return self._by_admin(url, lambda: self._of_data_center(url, secret))
        if not self._may_be_app:
            return self._by_admin(url, lambda: self._of_cloud(url, secret))
        try:
            return self._of_app(url, secret, places)
        except AccessDenied as error:
            return self._by_admin(url, lambda: self._of_cloud(url, secret), error)

    def renew(self, held: Registered) -> Registered:
        """Thirty days more for those of an app; raises ``Gone`` when Jira has them no more."""
        ids = _numbers(held, "dynamic")
        if not ids:
            return held
        there = {_id(each) for each in self._listed(_DYNAMIC)}
        if not there.issuperset(ids):
            raise Gone("Jira has the webhooks of this sign-in no more.")
        answer = self._client.call("PUT", f"{_DYNAMIC}/refresh", json={"webhookIds": ids})
        until = _until(answer.object().get("expirationDate"))
        return Registered(ids=held.ids, expires_at=until, places=held.places)

    def remove(self, held: Registered) -> None:
        """Delete them; those that are not there are gone already."""
        try:
            for way, path in _PATHS.items():
                for number in _numbers(held, way):
                    self._delete(path, number)
            if ids := _numbers(held, "dynamic"):
                self._client.call("DELETE", _DYNAMIC, json={"webhookIds": ids}, safe=True)
        except AccessDenied as error:
            why = _said(error)
            raise AccessDenied(f"Jira lets this account delete no webhooks ({why}).") from error

    def _by_admin(
        self, url: str, make: Callable[[], Registered], first: AccessDenied | None = None
    ) -> Registered:
        try:
            made = make()
            self._replace(url, made)
        except (AccessDenied, Gone) as error:
            _refused(error, first)
        return made

    def _of_cloud(self, url: str, secret: str) -> Registered:
        events = [*_EVERYWHERE, *_CLOUD]
        answer = self._client.call("POST", _ADMIN, json=self._hook(url, events, secret=secret))
        return Registered(ids=(f"admin/{_number(answer)}",))

    def _of_data_center(self, url: str, secret: str) -> Registered:
        # Not every version signs, so all come by the secret path; those that can sign too.
        hook = self._hook(f"{url}/{secret_path(secret)}", _EVERYWHERE)
        signing = {"SECRET": secret, "EXCLUDE_BODY": "false"}
        try:
            answer = self._client.call("POST", _NEWER, json={**hook, "configuration": signing})
        except Gone:
            answer = self._client.call("POST", _ADMIN, json=hook)
            return Registered(ids=(f"admin/{_number(answer)}",))
        return Registered(ids=(f"newer/{_number(answer)}",))

    def _hook(self, url: str, events: Sequence[str], **more: str) -> dict[str, Any]:
        name = f"Worklift {self._name}"
        return {"name": name, "url": url, "events": list(events), "filters": {},
                "excludeBody": False, **more}  # fmt: skip

    def _of_app(self, url: str, secret: str, places: Sequence[str]) -> Registered:
        # Jira takes one address for all webhooks of an app: ours of before have to go first.
        old = [_id(each) for each in self._listed(_DYNAMIC) if _is_ours(each, url)]
        if not places:
            raise Unavailable(
                "Jira sends a signed-in app the events of projects only, and none was read yet:"
                " the webhooks follow once a link has read some issues."
            )
        if not old:
            return self._made_of_app(url, secret, places)
        self._client.call("DELETE", _DYNAMIC, json={"webhookIds": old}, safe=True)
        try:
            return self._made_of_app(url, secret, places)
        except TrackerError as error:
            raise Emptied(str(error)) from error

    def _made_of_app(self, url: str, secret: str, places: Sequence[str]) -> Registered:
        wanted = {"events": list(_OF_APPS), "jqlFilter": f"project in ({_keys(places)})"}
        body = {"url": f"{url}/{secret_path(secret)}", "webhooks": [wanted]}
        made = _created(self._client.call("POST", _DYNAMIC, json=body))
        listed = {_id(each): each.get("expirationDate") for each in self._listed(_DYNAMIC)}
        until = _until(listed[made]) if made in listed else datetime.now(UTC) + _LASTS
        return Registered(ids=(f"dynamic/{made}",), expires_at=until, places=tuple(places))

    def _replace(self, url: str, made: Registered) -> None:
        """Delete what earlier tries left at this door, by either way."""
        path = _ADMIN if made.ids[0].startswith("admin/") else _NEWER
        for each in self._listed(path):
            number = _id(each)
            if _is_ours(each, url) and number and not made.ids[0].endswith(f"/{number}"):
                self._delete(path, number)

    def _delete(self, path: str, number: int) -> None:
        with from_jira():
            try:
                self._client.call("DELETE", f"{path}/{number}", safe=True)
            except Absent as error:
                if not error.told and number in map(_id, self._listed(path)):
                    raise

    def _listed(self, path: str) -> Iterator[dict[str, Any]]:
        found = self._client.call("GET", path).json()
        values = found.get("values") if isinstance(found, dict) else found
        listed = values if isinstance(values, list) else []
        return (each for each in listed if isinstance(each, dict))


def _refused(error: AccessDenied | Gone, first: AccessDenied | None) -> NoReturn:
    also = f" As an app it may not either ({_said(first)})." if first else ""
    raise AccessDenied(
        "Jira lets only an account with the right Administer Jira set up webhooks, and this one has"
        f" it not ({_said(error)}).{also} Enter the webhook by hand, or ask a Jira administrator."
    ) from error


def _said(error: AccessDenied | Gone) -> str:
    word = error.word if isinstance(error, Denied) else ""
    return word or str(error).rstrip(".")


def _is_ours(each: Mapping[str, Any], url: str) -> bool:
    there = str(each.get("url", ""))
    return there == url or there.startswith(f"{url}/")


def _numbers(held: Registered, way: str) -> list[int]:
    parts = [each.partition("/") for each in held.ids]
    return [int(number) for name, _, number in parts if name == way and number.isdigit()]


def _number(answer: Answer) -> int:
    """The id of a webhook just made."""
    found = _id(answer.object())
    if not found:
        raise BadReading("id", "is missing", "the new webhook")
    return found


def _id(told: Mapping[str, Any]) -> int:
    """The id of a webhook, told as such or only in its address; 0 where there is none."""
    found = str(told.get("id") or str(told.get("self", "")).rpartition("/")[2])
    return int(found) if found.isascii() and found.isdigit() and len(found) < 19 else 0


def _created(answer: Answer) -> int:
    results = answer.object().get("webhookRegistrationResult")
    first = results[0] if isinstance(results, list) and results else None
    made = first.get("createdWebhookId") if isinstance(first, dict) else None
    if isinstance(made, int) and not isinstance(made, bool):
        return made
    said = first.get("errors") if isinstance(first, dict) else None
    words = "; ".join(str(each) for each in said) if isinstance(said, list) else "it gave no reason"
    raise Unavailable(f"Jira did not take the webhook: {words.rstrip('.')}.")


def _keys(places: Sequence[str]) -> str:
    return ", ".join(quote(place) for place in sorted(places))


def _until(told: object) -> datetime:
    """Jira's document says milliseconds, its examples show a text."""
    try:
        if isinstance(told, int) and not isinstance(told, bool):
            return datetime.fromtimestamp(told / 1000, UTC)
        return instant(told)
    except (ValueError, OverflowError, OSError) as error:
        raise BadReading("expirationDate", "is not an instant", "the webhook") from error
