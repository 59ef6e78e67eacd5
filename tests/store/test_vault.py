"""Secrets open only in their own place and with their own key."""

import stat

import pytest

from connector.errors import Refused
from sync.vault import Vault, load_key

VAULT = Vault(b"a" * 32)


def test_a_sealed_secret_opens_in_its_place_and_never_looks_the_same_twice() -> None:
    first, second = VAULT.seal("tökén", "a/token"), VAULT.seal("tökén", "a/token")
    assert VAULT.open(first, "a/token") == VAULT.open(second, "a/token") == "tökén"
    assert first != second
    assert b"t\xc3\xb6k" not in first


@pytest.mark.parametrize("place", ["b/token", "a/hook", ""])
def test_a_secret_moved_to_another_row_or_column_is_refused(place: str) -> None:
    with pytest.raises(Refused, match="connect again"):
        VAULT.open(VAULT.seal("secret", "a/token"), place)


def test_another_key_is_refused_by_name_of_the_fix() -> None:
    with pytest.raises(Refused, match="WORKLIFT_KEY"):
        Vault(b"b" * 32).open(VAULT.seal("secret", "a/token"), "a/token")


@pytest.mark.parametrize("at", [0, 10, 25, -1])
def test_a_changed_byte_is_refused(at: int) -> None:
    cipher = bytearray(VAULT.seal("secret", "a/token"))
    cipher[at] ^= 1
    with pytest.raises(Refused):
        VAULT.open(bytes(cipher), "a/token")


@pytest.mark.parametrize("length", [0, 5, 8, 15, 21])
def test_a_cut_off_cipher_is_refused(length: int) -> None:
    with pytest.raises(Refused):
        VAULT.open(VAULT.seal("secret", "a/token")[:length], "a/token")


def test_the_key_is_made_once_for_its_owner_only(tmp_path) -> None:
    key = load_key(tmp_path)
    assert len(key) == 32
    assert load_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"zz", b"ab" * 31, b"\xff" * 64])
def test_a_spoilt_key_file_is_refused_and_kept(tmp_path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(Refused, match="backup"):
        load_key(tmp_path)
    assert (tmp_path / "key").read_bytes() == content


def test_no_key_is_told_when_printed() -> None:
    assert "aaaa" not in repr(VAULT)
    assert VAULT.key_id not in VAULT.cookie_key().hex()
