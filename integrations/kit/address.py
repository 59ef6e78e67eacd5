"""Which addresses may be called: public ones over https, private ones only when allowed."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urlsplit

from connector.errors import Unfit

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[..., list[Any]]

# Never, not even for a connection that allows private addresses: cloud metadata services,
# link-local, multicast, "this host", and IPv6 forms that carry an IPv4 address inside.
_NEVER = tuple(
    ipaddress.ip_network(net)
    for net in """0.0.0.0/8 169.254.0.0/16 192.0.0.0/24 100.100.100.200/32 168.63.129.16/32
    224.0.0.0/4 240.0.0.0/4 fd00:ec2::/32 fd20:ce::/32 fe80::/10 fec0::/10 ff00::/8
    ::/128 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 2001::/32 2002::/16""".split()
)
_UNICAST = ipaddress.ip_network("2000::/3")
_PRIVATE = tuple(
    ipaddress.ip_network(net)
    for net in """127.0.0.0/8 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10
    ::1/128 fc00::/7""".split()
)


def base_url(text: str, *, allow_private: bool) -> str:
    """The URL without its last slash; refuses what could never be called (makes no look-up)."""
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Unfit(
            "url", f"{_shown(url)} is not a URL, such as https://example.atlassian.net"
        ) from None
    _refuse_form(url, parts, allow_private=allow_private)
    address = _literal(host)
    if address is not None:
        _check(address, host, allow_private=allow_private)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path}"


def addresses(
    host: str, port: int, *, allow_private: bool, lookup: Lookup = socket.getaddrinfo
) -> tuple[str, ...]:
    """The addresses of a host, each checked; one wrong address refuses the whole name."""
    name = host.strip("[]")
    found = lookup(name, port, type=socket.SOCK_STREAM)
    texts = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    for text in texts:
        _check(_parsed(text, name), name, allow_private=allow_private)
    return texts


def same_origin(one: str, other: str) -> bool:
    """Whether two URLs share scheme, host and port; what is no URL shares them with none."""
    try:
        return _origin(one) == _origin(other)
    except ValueError:
        return False


def host_of(url: str) -> str:
    """The host a URL names, empty where it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _refuse_form(url: str, parts: SplitResult, *, allow_private: bool) -> None:
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise Unfit(
            "url", f"{_shown(url)} must start with https:// (plain http needs --allow-private)"
        )
    if parts.username is not None or parts.password is not None:
        raise Unfit("url", "a URL must not hold a name or password; give the token by itself")
    if parts.query or parts.fragment or any(c in url for c in "\\?#") or not url.isprintable():
        raise Unfit("url", f"{_shown(url)} must be a plain address without ?, # or \\")
    if not parts.hostname or " " in url:
        raise Unfit("url", f"{_shown(url)} names no host")


def _check(address: _Address, host: str, *, allow_private: bool) -> None:
    if any(address in net for net in _NEVER if net.version == address.version):
        raise Unfit("url", f"{_shown(host)} leads to {address}, an address that is never called")
    private = any(address in net for net in _PRIVATE if net.version == address.version)
    if (_public(address) and not private) or (private and allow_private):
        return
    raise Unfit(
        "url",
        f"{_shown(host)} leads to {address}, which is not a public address;"
        " allow private addresses for this connection if that is meant (--allow-private)",
    )


def _public(address: _Address) -> bool:
    # Of IPv6 only what is given out; other parts hold old forms with an IPv4 address inside.
    return address.is_global and (address.version == 4 or address in _UNICAST)


def _literal(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _parsed(text: str, host: str) -> _Address:
    address = _literal(text)
    if address is None:
        raise Unfit("url", f"{_shown(host)} leads to no usable address")
    return address


def _shown(text: str) -> str:
    return repr(text.split("?", maxsplit=1)[0][:100])
