"""What is sent: deliveries as GitHub sends them, signed, each with an identifier of its own."""

from collections.abc import Iterator
from itertools import count
from uuid import uuid4

from integrations.kit.signature import sign
from integrations.simulators import start_github

SECRET = "the secret of this benchmark"
OWNER = "acme"


def repositories(number: int) -> list[str]:
    return [f"{OWNER}/part-{each}" for each in range(number)]


def bodies(repos: list[str], issues: int = 5) -> list[bytes]:
    """What the simulated GitHub tells when issues of these repositories are closed."""
    found = []
    with start_github() as running:
        running.site.add_hook("http://127.0.0.1:9/", SECRET)
        for repo in repos:
            running.site.add_repo(repo)
            for number in range(issues):
                running.site.add_issue(repo, f"Change {number}")
                running.site.close(repo, number + 1)
                found.append(bytes(running.site.deliveries[-1].body))
    return found


def requests(told: list[bytes], path: str, number: int | None = None) -> Iterator[bytes]:
    """HTTP requests that tell these bodies in turn; signing them is no part of any time taken."""
    signatures = [sign(body, SECRET) for body in told]
    for each in count() if number is None else range(number):
        body, signature = told[each % len(told)], signatures[each % len(told)]
        yield _head(path, body, signature) + body


def _head(path: str, body: bytes, signature: str) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "User-Agent: GitHub-Hookshot/044aadd",
        "Accept: */*",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "X-GitHub-Event: issues",
        f"X-GitHub-Delivery: {uuid4()}",
        "X-GitHub-Hook-ID: 1",
        f"X-Hub-Signature-256: {signature}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
