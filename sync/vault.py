"""Encrypts what must stay secret in the database: AES-256-GCM, bound to its row and column."""

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from connector.errors import Refused

NONCE = 12
KEY_ID = 8


@dataclass(frozen=True)
class Vault:
    """Seals and opens secrets with a key that is kept outside the database."""

    key: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """Names the key without telling it."""
        return hashlib.sha256(b"worklift key id" + self.key).hexdigest()[: 2 * KEY_ID]

    def seal(self, secret: str, place: str) -> bytes:
        """Encrypt for ``place`` (table/row/column); opens nowhere else."""
        nonce = os.urandom(NONCE)
        sealed = AESGCM(self._derive("secrets")).encrypt(nonce, secret.encode(), self._bind(place))
        return bytes.fromhex(self.key_id) + nonce + sealed

    def open(self, cipher: bytes, place: str) -> str:
        """Decrypt; raises ``Refused`` when the key or the place is another one."""
        key_id, nonce, sealed = cipher[:KEY_ID], cipher[KEY_ID : KEY_ID + NONCE], cipher[20:]
        if key_id.hex() != self.key_id:
            raise Refused(
                "the stored tokens were encrypted with another key; start with the key they were "
                "made with (WORKLIFT_KEY or the file 'key' in the data folder), or connect again"
            )
        try:
            plain = AESGCM(self._derive("secrets")).decrypt(nonce, sealed, self._bind(place))
        except (InvalidTag, ValueError):  # changed, or cut off
            raise Refused(
                f"the secret of {place} was changed outside Worklift; connect again"
            ) from None
        return plain.decode()

    def cookie_key(self) -> bytes:
        """The key that signs browser cookies."""
        return self._derive("cookies")

    def mark(self, text: str) -> bytes:
        """A keyed hash: equal for equal texts of this installation, and nothing leads back."""
        return hmac.digest(self._derive("marks"), text.encode(), "sha256")

    def _derive(self, purpose: str) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=f"worklift {purpose}".encode()).derive(self.key)

    def _bind(self, place: str) -> bytes:
        return f"{self.key_id}/{place}".encode()


def load_key(home: Path) -> bytes:
    """The key in the data folder's file ``key``; made at the first start, readable by its owner."""
    path = home / "key"
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except FileNotFoundError:
        return _make_key(path)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Refused(f"{path} is not a key of ours; restore it from your backup")
    return key


def _make_key(path: Path) -> bytes:
    key = os.urandom(32)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return load_key(path.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(key.hex())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink()  # half a key would be taken for a foreign one
        raise Refused(f"{path} cannot be written: {error.strerror}") from None
    return key
