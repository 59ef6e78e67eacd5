"""Settings from the environment: every wrong one is reported at once, by name."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from connector.errors import Refused

T = TypeVar("T")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST = timedelta(days=3660)
PREFIX = "WORKLIFT_"
DATABASES = {"sqlite", "postgresql", "postgres", "postgresql+psycopg"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an administrator decides; ``key`` and URLs with passwords never show in ``repr``."""

    home: Path
    database_url: str = field(repr=False)
    redis_url: str | None = field(default=None, repr=False)
    key: bytes | None = field(default=None, repr=False)
    public_url: str | None = None
    trusted_proxy: str | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    poll: timedelta = timedelta(seconds=60)
    freshness: timedelta = timedelta(hours=24)
    workers: int = 2
    metrics_token: str | None = field(default=None, repr=False)
    demo: bool = False
    slips: tuple[tuple[str, str], ...] = ()
    """Variables that are no settings, each with the setting that it may be meant for."""

    @property
    def is_sqlite(self) -> bool:
        """SQLite belongs to one process, which locks the data folder."""
        return self.database_url.startswith("sqlite")

    @property
    def is_scaled(self) -> bool:
        """Whether web, worker and clock run as processes of their own, over Redis."""
        return self.redis_url is not None


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from ``environ``; a secret may come from the file named by ``NAME_FILE``."""
    problems: list[str] = []
    names: set[str] = set()

    def take(name: str, parse: Callable[[str], T], default: T) -> T:
        names.update((name, f"{name}_FILE"))
        try:
            text = _text(environ, name)
            return default if text is None else parse(text)
        except ValueError as error:
            problems.append(f"{name}: {error}")
            return default

    home = take("WORKLIFT_HOME", lambda text: Path(text).expanduser(), Path.home() / ".worklift")
    settings = Settings(
        home=home,
        database_url=take("DATABASE_URL", _database, own_database(home)),
        redis_url=take("REDIS_URL", _redis, None),
        key=take("WORKLIFT_KEY", _key, None),
        public_url=take("WORKLIFT_PUBLIC_URL", _public_url, None),
        trusted_proxy=take("WORKLIFT_TRUSTED_PROXY", _address, None),
        zone=take("WORKLIFT_TIME_ZONE", _zone, ZoneInfo("UTC")),
        poll=take("WORKLIFT_POLL_INTERVAL", duration, timedelta(seconds=60)),
        freshness=take("WORKLIFT_FRESHNESS_LIMIT", duration, timedelta(hours=24)),
        workers=take("WORKLIFT_WORKERS", _workers, 2),
        metrics_token=take("WORKLIFT_METRICS_TOKEN", _bearer, None),
    )
    misread = any(each.startswith("DATABASE_URL") for each in problems)
    if settings.redis_url and settings.is_sqlite and not misread:
        problems.append(
            "REDIS_URL: needs PostgreSQL, because SQLite belongs to one process; "
            "set DATABASE_URL=postgresql://… too, or unset REDIS_URL"
        )
    if problems:
        raise Refused(*problems)
    return replace(settings, slips=tuple(_slips(environ, names)))


def _slips(environ: Mapping[str, str], names: set[str]) -> Iterator[tuple[str, str]]:
    """What is almost called like a setting; the names of tokens are anybody's to choose."""
    for given in sorted(each for each in environ if each.startswith(PREFIX) and each not in names):
        meant = get_close_matches(given, names, n=1, cutoff=0.85)
        yield from ((given, each) for each in meant)


def own_database(home: Path) -> str:
    """The database in the data folder, where none is named."""
    return f"sqlite:///{home / 'worklift.db'}"


def duration(text: str) -> timedelta:
    """``90``, ``90s``, ``5m``, ``24h`` or ``7d``; raises ValueError for anything else."""
    found = re.fullmatch(r"\s*(\d{1,9})\s*([smhd]?)\s*", text)
    seconds = int(found[1]) * UNITS[found[2] or "s"] if found else 0
    if not 0 < seconds <= LONGEST.total_seconds():
        raise ValueError(f"{text!r} is not a duration; write 60s, 5m or 24h")
    return timedelta(seconds=seconds)


def _text(environ: Mapping[str, str], name: str) -> str | None:
    direct, path = environ.get(name) or None, environ.get(f"{name}_FILE") or None
    if direct and path:
        raise ValueError(f"is given twice, as {name} and as {name}_FILE; keep one")
    if path is None:
        return direct
    try:
        return Path(path).read_text("utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise ValueError(f"the file {path} of {name}_FILE cannot be read: {reason}") from None


def _database(text: str) -> str:
    scheme, found, _ = text.partition("://")
    if not found or scheme not in DATABASES or not _has_good_port(text):
        raise ValueError("is not a database URL; write postgresql://user:password@host/name")
    return text


def _redis(text: str) -> str:
    scheme, found, _ = text.partition("://")
    good = found and scheme in {"redis", "rediss", "unix"} and _has_good_port(text)
    if not good or (scheme != "unix" and not re.fullmatch(r"/?\d*", urlsplit(text).path)):
        raise ValueError("is not a Redis URL; write redis://host:6379/0")
    return text


def _has_good_port(text: str) -> bool:
    """Whether a URL's port, if any, is one; the reason is not told, since it may hold a secret."""
    try:
        return urlsplit(text).port != 0
    except ValueError:
        return False


def _key(text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise ValueError(
            "is not 32 bytes in URL-safe base64; make one with: "
            "python3 -c 'import base64,os;print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"
        )
    return key


def _bearer(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._~+/=-]{16,512}", text):
        raise ValueError("is no bearer token; make one of at least 16 letters and digits")
    return text


def _workers(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d?", text.strip()):
        raise ValueError(f"{text!r} is not a number of workers; write one from 1 to 99")
    return int(text)


def _public_url(text: str) -> str:
    parts = urlsplit(text) if _has_good_port(text) else urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
        raise ValueError(f"{text!r} is not a site's URL; write https://worklift.example.com")
    return text.rstrip("/")


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError(f"{text!r} is not an address; write one like 127.0.0.1") from None


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{text!r} is not a time zone; write one like Europe/Berlin") from None
