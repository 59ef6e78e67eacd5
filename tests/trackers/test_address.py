"""No URL and no name leads to an address that must not be called."""

import socket
from collections.abc import Callable

import pytest
import requests
import responses

from connector.errors import Refused
from integrations.kit.address import addresses, base_url, same_origin
from integrations.kit.answers import Moved
from integrations.kit.edge import Ask, Edge

PUBLIC = "93.184.216.34"
PRIVATE = """127.0.0.1 127.1 127.0.1 127.255.255.254 0x7f000001 0x7f.1 2130706433 017700000001
    0177.0.0.1 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255
    100.64.0.1 100.127.255.255 ::1 0:0:0:0:0:0:0:1 fc00::1 fd12:3456::1 ①②⑦.⓪.⓪.①
    １２７.０.０.１ 127。0。0。1""".split()
NEVER = """169.254.169.254 169.254.170.2 169.254.0.1 0xa9fea9fe 2852039166 0251.0376.0251.0376
    0.0.0.0 0 0.1.2.3 192.0.0.192 192.0.0.8 100.100.100.200 168.63.129.16 224.0.0.1
    239.255.255.255 240.0.0.1 255.255.255.255 ::ffff:127.0.0.1 ::ffff:7f00:1
    ::ffff:169.254.169.254 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1
    64:ff9b::169.254.169.254 64:ff9b:1::1 2002:7f00:1:: 2002:a9fe:a9fe:: 2001:0:1::1 :: ff02::1
    fe80::1 fe80::1%lo fec0::1 fd00:ec2::254 fd20:ce::254 ①⑥⑨.②⑤④.①⑥⑨.②⑤④""".split()
RESERVED = """198.18.0.1 198.19.255.255 192.0.2.1 198.51.100.1 203.0.113.1 2001:db8::1 100::1
    ::127.0.0.1""".split()


def answering(*found: str) -> Callable[..., list[object]]:
    """A resolver that gives these addresses."""

    def lookup(name: str, port: int, **_: object) -> list[object]:
        return [(0, 0, 0, "", (address, port)) for address in found]

    return lookup


@pytest.mark.parametrize("text", [*PRIVATE, *NEVER, *RESERVED])
def test_no_inner_address_is_reached_from_a_public_connection(text):
    with pytest.raises(Refused) as caught:
        addresses(text, 443, allow_private=False)
    assert "address" in str(caught.value)


@pytest.mark.parametrize("text", [*NEVER, *RESERVED])
def test_some_addresses_are_never_reached(text):
    with pytest.raises(Refused):
        addresses(text, 443, allow_private=True)


@pytest.mark.parametrize("text", PRIVATE)
def test_private_addresses_are_reached_where_allowed(text):
    assert addresses(text, 443, allow_private=True)


@pytest.mark.parametrize("text", [PUBLIC, "8.8.8.8", "2606:2800:220:1::1"])
def test_public_addresses_are_reached(text):
    assert addresses(text, 443, allow_private=False) == (text,)


@pytest.mark.parametrize("inner", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fe80::1%2"])
def test_one_inner_address_among_public_ones_refuses_the_name(inner):
    with pytest.raises(Refused, match="rebound"):
        addresses("rebound.example", 443, allow_private=False, lookup=answering(PUBLIC, inner))


def test_a_name_without_usable_addresses_is_refused():
    with pytest.raises(Refused):
        addresses("odd.example", 443, allow_private=False, lookup=answering("not an address"))


def test_an_unknown_name_is_left_to_the_caller():
    def lookup(*_: object, **__: object) -> list[object]:
        raise socket.gaierror("unknown")

    with pytest.raises(socket.gaierror):
        addresses("nowhere.example", 443, allow_private=False, lookup=lookup)


@pytest.mark.parametrize(
    "url",
    ["", "acme.atlassian.net", "http://acme.atlassian.net", "ftp://acme.example", "file:///etc/passwd",
     "gopher://127.0.0.1:70/", "javascript:alert(1)", "//acme.example", "https://", "https:///x",
     "https://user@acme.example", "https://user:pass@acme.example", "https://:x@acme.example",
     "https://acme.example?x=1", "https://acme.example/#x", "https://acme.example\\@127.0.0.1",
     "https://acme.example\r\nX: y", "https://acme .example", "https://acme.example:port",
     "https://acme.example:99999", "https://[::1", "https://127.0.0.1", "https://[::1]",
     "https://169.254.169.254", "https://[::ffff:127.0.0.1]", "https://[fe80::1%25lo]",
     "https://acme.example#@127.0.0.1", "https://acme.example/\u202etxt"],
)  # fmt: skip
def test_urls_that_could_never_be_called_are_refused_at_once(url):
    with pytest.raises(Refused) as caught:
        base_url(url, allow_private=False)
    assert "pass" not in str(caught.value).replace("password", "") or "passwd" in url


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://ACME.atlassian.net/", "https://acme.atlassian.net"),
        (" https://jira.example/jira// ", "https://jira.example/jira"),
        ("https://jira.example:8443/x", "https://jira.example:8443/x"),
        ("https://[2606:2800:220:1::1]:8443", "https://[2606:2800:220:1::1]:8443"),
    ],
)
def test_a_url_is_kept_in_one_form(url, wanted):
    assert base_url(url, allow_private=False) == wanted


def test_plain_http_and_loopback_need_to_be_allowed():
    assert base_url("http://127.0.0.1:8080", allow_private=True) == "http://127.0.0.1:8080"
    with pytest.raises(Refused, match="never called"):
        base_url("http://169.254.169.254", allow_private=True)


def test_an_origin_is_scheme_host_and_port():
    assert same_origin("https://a.example/x", "https://A.example:443/y")
    assert not same_origin("https://a.example", "http://a.example")
    assert not same_origin("https://a.example", "https://a.example:8443")
    assert not same_origin("https://a.example", "https://a.example.evil.example")


@pytest.mark.parametrize("odd", ["https://a.example:99999999/x", "https://[x/y", "https://a:b"])
def test_what_is_no_url_has_no_origin(odd):
    assert not same_origin("https://a.example", odd)
    assert not same_origin(odd, odd)


@pytest.mark.parametrize("odd", ["https://[x/y", "https://jira.example:99999999/x"])
def test_a_redirect_to_what_is_no_url_is_not_followed(odd):
    out = Edge(requests.Session(), label="Jira", secret="s", allow_private=False)
    with responses.RequestsMock() as faked:
        faked.get("https://jira.example/x", status=302, headers={"Location": odd})
        with pytest.raises(Moved, match="redirects to"):
            out.call(Ask(method="GET", url="https://jira.example/x"))
        assert len(faked.calls) == 1
    out.close()
