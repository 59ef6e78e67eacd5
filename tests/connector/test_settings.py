"""Settings come from the environment; every wrong one is named at once."""

import base64
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from connector.errors import Refused
from connector.settings import duration, read

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()


def test_an_empty_environment_gives_the_embedded_defaults(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = read({})
    assert settings.home == tmp_path / ".worklift"
    assert settings.database_url == f"sqlite:///{tmp_path / '.worklift' / 'worklift.db'}"
    assert settings.is_sqlite
    assert not settings.is_scaled
    assert (settings.poll, settings.freshness) == (timedelta(seconds=60), timedelta(hours=24))
    assert (settings.key, settings.public_url, settings.demo) == (None, None, False)


def test_every_setting_is_read():
    settings = read(
        {
            "WORKLIFT_HOME": "/srv/worklift",
            "DATABASE_URL": "postgresql://me:secret@db/worklift",
            "REDIS_URL": "redis://cache:6379/0",
            "WORKLIFT_KEY": KEY.rstrip("="),
            "WORKLIFT_PUBLIC_URL": "https://okr.example.com/",
            "WORKLIFT_TIME_ZONE": "Europe/Berlin",
            "WORKLIFT_POLL_INTERVAL": "5m",
            "WORKLIFT_FRESHNESS_LIMIT": "2d",
            "WORKLIFT_WORKERS": "5",
        }
    )
    assert settings.is_scaled
    assert not settings.is_sqlite
    assert settings.key == b"k" * 32
    assert settings.public_url == "https://okr.example.com"
    assert settings.zone == ZoneInfo("Europe/Berlin")
    assert (settings.poll, settings.freshness) == (timedelta(minutes=5), timedelta(days=2))
    assert settings.workers == 5


def test_every_wrong_setting_is_named_at_once():
    with pytest.raises(Refused) as caught:
        read(
            {
                "DATABASE_URL": "mysql://me:hidden@db/x",
                "REDIS_URL": "http://cache",
                "WORKLIFT_KEY": "short",
                "WORKLIFT_PUBLIC_URL": "okr.example.com",
                "WORKLIFT_TIME_ZONE": "Mars/Olympus",
                "WORKLIFT_POLL_INTERVAL": "often",
                "WORKLIFT_FRESHNESS_LIMIT": "0",
                "WORKLIFT_WORKERS": "none",
            }
        )
    named = [problem.partition(":")[0] for problem in caught.value.problems]
    assert named == [
        "DATABASE_URL", "REDIS_URL", "WORKLIFT_KEY", "WORKLIFT_PUBLIC_URL", "WORKLIFT_TIME_ZONE",
        "WORKLIFT_POLL_INTERVAL", "WORKLIFT_FRESHNESS_LIMIT", "WORKLIFT_WORKERS",
    ]  # fmt: skip
    assert "hidden" not in str(caught.value)
    assert "short" not in caught.value.problems[2]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://me:secret@db:port/worklift"),
        ("DATABASE_URL", "postgresql+nosuchdriver://db/worklift"),
        ("REDIS_URL", "redis://cache:port/0"),
        ("REDIS_URL", "redis://cache:6379/zero"),
        ("WORKLIFT_PUBLIC_URL", "https://[::1"),
        ("WORKLIFT_PUBLIC_URL", "https://okr.example.com:port"),
        ("WORKLIFT_PUBLIC_URL", "https://okr.example.com/path"),
        ("WORKLIFT_TIME_ZONE", "../../etc/passwd"),
        ("WORKLIFT_TIME_ZONE", "Europe"),
        ("WORKLIFT_KEY", "ä" * 43),
    ],
)
def test_a_value_that_only_looks_right_is_refused_by_name(name, value):
    good = {"DATABASE_URL": "postgresql://db/worklift"} if name == "REDIS_URL" else {}
    with pytest.raises(Refused, match=f"^{name}: ") as caught:
        read({**good, name: value})
    assert "secret" not in str(caught.value)


def test_redis_without_postgresql_is_refused_with_both_ways_out():
    with pytest.raises(Refused, match=r"REDIS_URL.*SQLite belongs to one process.*unset REDIS_URL"):
        read({"REDIS_URL": "redis://cache:6379/0"})


def test_a_misread_database_is_not_told_as_a_missing_one():
    with pytest.raises(Refused) as caught:
        read({"REDIS_URL": "redis://cache:6379/0", "DATABASE_URL": "mysql://me:secret@db/x"})
    assert [each.partition(":")[0] for each in caught.value.problems] == ["DATABASE_URL"]


def test_a_secret_may_come_from_a_file(tmp_path):
    path = tmp_path / "url"
    path.write_text("postgresql://me:pw@db/worklift\n", encoding="utf-8")
    assert read({"DATABASE_URL_FILE": str(path)}).database_url == "postgresql://me:pw@db/worklift"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "key"
    if content:
        path.write_bytes(content)
    with pytest.raises(Refused, match=r"WORKLIFT_KEY: the file .* of WORKLIFT_KEY_FILE"):
        read({"WORKLIFT_KEY_FILE": str(path)})


def test_a_setting_given_twice_is_refused(tmp_path):
    path = tmp_path / "key"
    path.write_text(KEY, encoding="ascii")
    with pytest.raises(Refused, match="given twice"):
        read({"WORKLIFT_KEY": KEY, "WORKLIFT_KEY_FILE": str(path)})


def test_secrets_do_not_show_when_settings_are_printed():
    settings = read({"DATABASE_URL": "postgresql://me:secret@db/worklift", "WORKLIFT_KEY": KEY})
    assert "secret" not in repr(settings)
    assert "kkkk" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("5m", 300), ("24h", 86400), (" 7 d ", 604800)]
)
def test_a_duration_is_a_number_with_a_unit(text, seconds):
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "0", "-1", "1w", "1.5h", "soon", "9999999999", "99999999d"])
def test_what_is_no_duration_says_how_to_write_one(text):
    with pytest.raises(ValueError, match="60s, 5m or 24h"):
        duration(text)


@pytest.mark.parametrize(("text", "address"), [("127.0.0.1", "127.0.0.1"), ("0:0::1", "::1")])
def test_a_trusted_proxy_is_one_address(text, address):
    assert read({"WORKLIFT_TRUSTED_PROXY": text}).trusted_proxy == address
    assert read({}).trusted_proxy is None


@pytest.mark.parametrize("text", ["*", "proxy.example.com", "10.0.0.0/8", "127.0.0.1:80"])
def test_a_proxy_that_is_no_address_is_refused(text):
    with pytest.raises(Refused, match=r"WORKLIFT_TRUSTED_PROXY: .* write one like 127\.0\.0\.1"):
        read({"WORKLIFT_TRUSTED_PROXY": text})


def test_what_is_almost_called_like_a_setting_is_told_of():
    given = {"WORKLIFT_POL_INTERVAL": "5m", "WORKLIFT_KEY_FLIE": "x", "WORKLIFT_JIRA_TOKEN": "y"}
    assert read(given).slips == (
        ("WORKLIFT_KEY_FLIE", "WORKLIFT_KEY_FILE"),
        ("WORKLIFT_POL_INTERVAL", "WORKLIFT_POLL_INTERVAL"),
    )
    assert read({"WORKLIFT_POLL_INTERVAL": "5m"}).slips == ()
