"""The way out over real sockets: limits, redirects, TLS, environment."""

import contextlib
import http.server
import json
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
import requests
import responses
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connector.errors import AccessDenied, RateLimited, Unavailable
from integrations.kit import edge
from integrations.kit.answers import Moved
from integrations.kit.edge import Ask, Edge
from integrations.tracker import Budget


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path; keeps what it was asked."""

    asked: ClassVar[list[tuple[str, str, str | None]]] = []
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.asked.append((self.command, self.path, self.headers.get("Authorization")))
        getattr(self, "path_" + self.path.strip("/").partition("/")[0])()

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_):
        """Say nothing."""

    def say(self, status=200, body=b"{}", **headers):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def path_ok(self):
        self.say()

    def path_left(self):
        left = self.path.rpartition("/")[2]
        told = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": left}
        self.say(200 if int(left) else 429, **told)

    def path_hop(self):
        left = int(self.path.rpartition("/")[2])
        self.say(302, Location=f"/hop/{left - 1}" if left else "/ok")

    def path_away(self):
        port = self.server.server_address[1]
        self.say(307, Location=f"http://localhost:{port}/ok")

    def path_reset(self):
        self.close_connection = True
        if [path for _, path, _ in self.asked].count(self.path) > 1:
            self.say()

    def path_never(self):
        self.close_connection = True

    def path_heads(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        with contextlib.suppress(OSError):
            for number in range(100):
                self.wfile.write(f"X-{number}: y\r\n".encode())
                time.sleep(0.2)
        self.close_connection = True

    def path_slowly(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "42")
        self.end_headers()
        with contextlib.suppress(OSError):
            for part in (b"{", *[b" " * 10] * 4, b"}"):
                time.sleep(0.15)
                self.wfile.write(part)

    def path_big(self):
        self.say(302 if self.path.endswith("/away") else 200, b" " * 3_000_000, Location="/ok")


@pytest.fixture(scope="module")
def server():
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.handle_error = lambda *_: None
    thread = threading.Thread(target=made.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{made.server_address[1]}"
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def out():
    Handler.asked.clear()
    made = Edge(requests.Session(), label="Jira", secret="s", allow_private=True)
    yield made
    made.close()


def get(url):
    return Ask(method="GET", url=url)


def test_a_get_follows_three_redirects_of_its_own_origin_and_no_more(server, out):
    assert out.call(get(f"{server}/hop/2")).status == 200
    assert out.calls == 4
    with pytest.raises(Moved):
        out.call(get(f"{server}/hop/3"))


def test_a_redirect_to_another_origin_is_not_followed(server, out):
    with pytest.raises(Moved, match="localhost"):
        out.call(get(f"{server}/away"))
    assert len(Handler.asked) == 1


def test_a_write_follows_no_redirect_at_all(server, out):
    with pytest.raises(Moved):
        out.call(Ask(method="POST", url=f"{server}/hop/0", json={}, safe=True))
    assert [path for _, path, _ in Handler.asked] == ["/hop/0"]


def test_a_get_is_tried_once_more_when_the_connection_is_reset(server, out):
    assert out.call(get(f"{server}/reset/get")).status == 200
    assert out.calls == 2
    with pytest.raises(Unavailable, match="closed the connection"):
        out.call(get(f"{server}/never"))
    assert out.calls == 4


def test_several_threads_may_call_and_every_call_is_counted(server, out):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(out.call, [get(f"{server}/ok")] * 200))
    assert {answer.status for answer in answers} == {200}
    assert out.calls == len(Handler.asked) == 200


def test_the_budget_is_what_the_last_answer_told_that_speaks_of_it(server, out):
    assert out.budget is None
    out.call(get(f"{server}/left/40"))
    out.call(get(f"{server}/ok"))
    assert out.budget == Budget(limit=50, remaining=40)
    with pytest.raises(RateLimited):
        out.call(get(f"{server}/left/0"))
    assert out.budget == Budget(limit=50, remaining=0)


def test_a_write_is_never_sent_twice(server, out):
    with pytest.raises(Unavailable):
        out.call(Ask(method="POST", url=f"{server}/reset/post", json={}))
    assert out.calls == 1


def test_headers_that_drip_end_in_time(server, monkeypatch):
    monkeypatch.setattr(edge, "LIMITS", edge.Limits(connect=5, read=0.5, total=0.6))
    made = Edge(requests.Session(), label="Jira", secret="s", allow_private=True)
    with pytest.raises(Unavailable, match="in time"):
        made.call(get(f"{server}/heads"))
    made.close()


@pytest.mark.parametrize("path", ["big", "big/away"])
def test_an_answer_may_only_be_so_big(server, monkeypatch, path):
    monkeypatch.setattr(edge, "LIMITS", edge.Limits(body=1 << 20))
    made = Edge(requests.Session(), label="Jira", secret="s", allow_private=True)
    with pytest.raises(Unavailable, match="more than 1 MiB"):
        made.call(get(f"{server}/{path}"))
    made.close()


def test_the_environment_gives_neither_passwords_nor_proxies(server, out, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login canary password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    out.call(get(f"{server}/ok"))
    assert Handler.asked == [("GET", "/ok", None)]


def test_a_name_that_leads_inside_is_not_called(server):
    made = Edge(requests.Session(), label="Jira", secret="s", allow_private=False)
    Handler.asked.clear()
    with pytest.raises(AccessDenied, match="not a public address"):
        made.call(get(server.replace("http://127.0.0.1", "https://localhost") + "/ok"))
    with pytest.raises(Unavailable, match="URL is wrong"):
        made.call(get(f"{server}/ok"))
    assert Handler.asked == []
    made.close()


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path, out):
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    made.socket = context.wrap_socket(made.socket, server_side=True)
    made.handle_error = lambda *_: None
    Handler.asked.clear()
    thread = threading.Thread(target=made.serve_forever, args=(0.02,))
    thread.start()
    try:
        with pytest.raises(Unavailable, match="certificate"):
            out.call(get(f"https://localhost:{made.server_address[1]}/ok"))
    finally:
        made.shutdown()
        thread.join()
        made.server_close()
    assert Handler.asked == []


def self_signed(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = folder / "server.pem"
    path.write_bytes(key.private_bytes(pem, pkcs8, plain) + made.public_bytes(pem))
    return path


@responses.activate
def test_faked_answers_pass_through_the_same_door(out):
    responses.get("https://jira.example/x", json={"a": 1})
    answer = out.call(Ask(method="GET", url="https://jira.example/x", params={"q": "1"}))
    assert answer.object() == {"a": 1}
    assert responses.calls[0].request.url == "https://jira.example/x?q=1"


@responses.activate
def test_no_sentence_holds_the_query_of_a_url(out):
    responses.get("https://jira.example/x", body=requests.ConnectionError("https://x/?secret=1"))
    with pytest.raises(Unavailable) as caught:
        out.call(Ask(method="GET", url="https://jira.example/x", params={"secret": "1"}))
    assert "secret" not in str(caught.value)
    assert "jira.example" in str(caught.value)


def test_many_calls_of_one_address_differ_in_their_body_and_keep_the_sign_in(out):
    session = requests.Session()
    session.auth = ("admin@example.com", "token")
    session.headers["Content-Type"] = "application/json"
    made = Edge(session, label="Jira", secret="token", allow_private=True)
    asked = [{"ids": ["1"]}, {"ids": ["1", "22"]}, {}]
    with responses.RequestsMock() as site:
        site.post("https://jira.example/x", json={}, headers={"Set-Cookie": "node=7; Path=/"})
        for body in asked:
            made.call(Ask(method="POST", url="https://jira.example/x", json=body, safe=True))
        made.call(Ask(method="POST", url="https://jira.example/x", safe=True))
        sent = [call.request for call in site.calls]
    assert [request.body and json.loads(request.body) for request in sent] == [*asked, None]
    lengths = [request.headers["Content-Length"] for request in sent]
    assert lengths == [str(len(request.body or b"")) for request in sent]
    assert {request.headers["Authorization"][:6] for request in sent} == {"Basic "}
    assert {request.headers["Content-Type"] for request in sent} == {"application/json"}
    assert [request.headers.get("Cookie") for request in sent] == [None, *["node=7"] * 3]
    made.close()


def test_a_url_that_is_none_is_a_sentence(out):
    for _ in range(2):
        with pytest.raises(Unavailable, match="URL is wrong"):
            out.call(get("https:///x"))


def test_a_body_may_take_longer_than_headers_may(server, monkeypatch):
    monkeypatch.setattr(edge, "LIMITS", edge.Limits(connect=5, read=0.8, total=60))
    made = Edge(requests.Session(), label="Jira", secret="s", allow_private=True)
    assert made.call(get(f"{server}/slowly")).json() == {}
    made.close()
    monkeypatch.setattr(edge, "LIMITS", edge.Limits(connect=5, read=5, total=0.4))
    made = Edge(requests.Session(), label="Jira", secret="s", allow_private=True)
    with pytest.raises(Unavailable, match="too slowly"):
        made.call(get(f"{server}/slowly"))
    made.close()
