"""Private keys of GitHub Apps, looked at before anything is signed with them."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from connector.errors import Refused

_WHERE = "the .pem file that the app's settings give out under Private keys"


def refuse_no_key(text: str) -> str:
    """The key; raises ``Refused`` for what is none, without telling anything of it."""
    if "PRIVATE KEY" not in text:
        raise Refused(f"the private key is no key in PEM form: use all of {_WHERE}")
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Refused(f"the private key cannot be read: use all of {_WHERE}") from None
    if not isinstance(key, RSAPrivateKey):
        raise Refused(f"the private key is of another kind than GitHub's: use {_WHERE}")
    return text
