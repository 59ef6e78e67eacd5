"""From an HTTP answer to values or to an error of the right kind, always as a sentence."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

from msgspec.json import Decoder

from connector.errors import AccessDenied, Declined, Gone, RateLimited, Unavailable
from integrations.kit import limits
from integrations.kit.address import host_of
from integrations.kit.decode import Undecodable, decode, fitting

_Shape = TypeVar("_Shape")
_PAUSE = timedelta(seconds=60)
_LONGEST = timedelta(hours=24)
_WORDS_OF_LIMITS = ("rate limit", "abuse detection")
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


class Moved(Gone):
    """A redirect that was not followed; ``location`` is where it led."""

    def __init__(self, message: str, location: str) -> None:
        super().__init__(message)
        self.location = location


class Absent(Gone):
    """Not there, or not to be seen (404, 410); ``told`` says that the answer is of the kind a
    tracker's API gives, not the page of a proxy before it, ``final`` (410) that it was there."""

    def __init__(self, message: str, *, told: bool, final: bool = False) -> None:
        super().__init__(message)
        self.told = told
        self.final = final


class Denied(AccessDenied):
    """The tracker refused the sign-in or a right (401, 403); ``word`` is what it said, with what
    its headers tell of it and the ``code`` it names its error by."""

    def __init__(self, message: str, word: str, answer: "Answer") -> None:
        super().__init__(message)
        self.word = word
        self.status, self.headers = answer.status, answer.headers
        self.code = _code(answer)


class Rejected(Declined):
    """The tracker understood the call and refused it (400, 422); ``word`` is what it said, with
    the ``code`` it names its error by."""

    def __init__(self, message: str, word: str, code: str = "") -> None:
        super().__init__(message)
        self.word = word
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, read to its end; header names are looked up in any case."""

    label: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def date(self) -> datetime | None:
        """The server's own clock when it answered."""
        return _http_date(self.headers.get("Date", ""))

    def json(self) -> Any:
        """The body's value; raises ``Unavailable`` when it is not the JSON that was promised."""
        self._refuse_other_kinds()
        try:
            return decode(self.body)
        except Undecodable as error:
            raise Unavailable(f"{self.label} sent an answer that {error}.") from error

    def shaped(self, shape: "Decoder[_Shape]") -> _Shape | None:
        """The body as a shape tells, far faster than all its values; None where it has another, or
        is to be read with more care."""
        self._refuse_other_kinds()
        return fitting(self.body, shape)

    def refuse_page(self) -> None:
        """Raise ``Unavailable`` for a page of HTML, from which nobody knows that a write was done;
        many writes are answered by nothing at all."""
        if self._kind == "text/html" and self.body.strip():
            self._refuse_other_kinds()

    @property
    def _kind(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def _refuse_other_kinds(self) -> None:
        kind = self._kind
        if kind != "application/json" and not kind.endswith("+json"):
            raise Unavailable(
                f"{self.label} answered with {kind or 'something unnamed'} instead of JSON:"
                " the URL is wrong, or a sign-in page or proxy stands before it."
            )

    def object(self) -> dict[str, Any]:
        """The body as an object."""
        value = self.json()
        return value if isinstance(value, dict) else self._misshapen()

    def array(self) -> list[Any]:
        """The body as a list."""
        value = self.json()
        return value if isinstance(value, list) else self._misshapen()

    def _misshapen(self) -> NoReturn:
        raise Unavailable(f"{self.label} sent an answer of an unexpected shape.")


def judge(answer: Answer, now: datetime, *, secret: str | Collection[str] = "") -> None:
    """Raise the error an answer stands for; 2xx and 304 pass. A ``secret`` never gets into it."""
    status, label = answer.status, answer.label
    if status < 300 or status == 304:
        return
    said = word(answer, [secret] if isinstance(secret, str) else secret)
    told = f": {said}" if said else ""
    if _is_pause(answer, said):
        raise _paused(answer, now, told)
    if status in (401, 403):
        sentence = f"{label} refused the token (HTTP {status}{told}){_fix(status)}"
        raise Denied(sentence, said, answer)
    if status in (404, 410):
        sentence = f"{label} does not know this or the token may not see it (HTTP {status}{told})."
        raise Absent(sentence, told=_is_object(answer), final=status == 410)
    if status < 400:
        location = answer.headers.get("Location", "")
        host = host_of(location) or "elsewhere"
        raise Moved(f"{label} redirects to {host}; correct the connection's URL.", location)
    if status < 500 and status not in (407, 408, 409, 421, 425):
        sentence = f"{label} refused the call (HTTP {status}{told})."
        raise Rejected(sentence, said or f"HTTP {status}", _code(answer))
    raise Unavailable(f"{label} could not answer (HTTP {status} {_phrase(status)}{told}).")


def word(answer: Answer, secrets: Collection[str] = ()) -> str:
    """What the tracker itself said, on one line and without the secrets that were sent."""
    body = _body(answer)
    said = [body.get(name) for name in ("message", "errorMessage", "error_description")]
    messages, errors = body.get("errorMessages"), body.get("errors")
    said += messages if isinstance(messages, list) else []
    said += errors.values() if isinstance(errors, dict) else []
    if isinstance(errors, list):  # GitHub's, each with its own sentence where it has one
        said += [each.get("message") if isinstance(each, dict) else each for each in errors]
    texts = dict.fromkeys(each for each in said if isinstance(each, str) and each)
    whole = " ".join(texts)
    for each in sorted(filter(None, secrets), key=len, reverse=True):
        whole = _written(each).sub("***", whole)
    return _CONTROL.sub(" ", whole).strip().rstrip(".")[:300]


def _written(secret: str) -> re.Pattern[str]:
    """A secret as it is or percent-encoded, wholly or in part."""
    forms = (
        f"(?:{re.escape(each)}|(?i:{''.join(f'%{byte:02x}' for byte in each.encode())}))"
        for each in secret
    )
    return re.compile("".join(forms))


def _body(answer: Answer) -> dict[str, Any]:
    """The body where it is a JSON object, else nothing."""
    try:
        body = decode(answer.body)
    except Undecodable:
        return {}
    return body if isinstance(body, dict) else {}


def _code(answer: Answer) -> str:
    """What a sign-in server names an error by (RFC 6749), empty for others."""
    found = _body(answer).get("error")
    return found if isinstance(found, str) else ""


def _is_object(answer: Answer) -> bool:
    try:
        return isinstance(decode(answer.body), dict)
    except Undecodable:
        return False


def _is_pause(answer: Answer, said: str) -> bool:
    if answer.status >= 500:
        # A server under load names the time it needs, as a limit does.
        return "retry-after" in answer.headers
    return answer.status == 429 or (answer.status == 403 and _is_limit(answer, said))


def _paused(answer: Answer, now: datetime, told: str) -> RateLimited:
    until = now + _pause(answer, now)
    why = limits.reason(answer.headers)
    if answer.status >= 500:
        why = f"it could not answer just now, HTTP {answer.status} {_phrase(answer.status)}"
    return RateLimited(
        f"{answer.label} asks for a pause until {until:%H:%M:%S} UTC"
        f"{f' ({why})' if why else ''}{told}.",
        until,
        "issue" if limits.of_one_issue(answer.headers) else "account",
        certain=answer.status < 500,
    )


def _is_limit(answer: Answer, said: str) -> bool:
    headers = answer.headers
    named = "retry-after" in headers or headers.get("x-ratelimit-remaining", "").strip() == "0"
    return named or any(word in said.lower() for word in _WORDS_OF_LIMITS)


def _pause(answer: Answer, now: datetime) -> timedelta:
    # Told as the server's clock tells it, then counted from ours: the two may differ.
    there = answer.date or now
    after = answer.headers.get("Retry-After", "").strip()
    date = _http_date(after)
    if date is not None:
        return _bounded(date - there, timedelta(seconds=1))
    if (seconds := _seconds(after)) is not None:
        return _bounded(seconds, timedelta(seconds=1))
    if limits.number(answer.headers.get("X-RateLimit-Remaining", "")):
        return _PAUSE  # the quota is not what was used up, so its reset says nothing
    reset = limits.reset(answer.headers.get("X-RateLimit-Reset", "").strip())
    return _PAUSE if reset is None else _bounded(reset - there, timedelta(seconds=1))


def _seconds(text: str) -> timedelta | None:
    digits = text.partition(".")[0]
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 11:
        return None
    return timedelta(seconds=int(digits))


def _bounded(pause: timedelta, least: timedelta) -> timedelta:
    return min(max(pause, least), _LONGEST)


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _fix(status: int) -> str:
    if status == 401:
        return "; it is wrong, revoked or expired: make a new one and connect again."
    return "; it lacks a right: give it read access and connect again."


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
