"""Addresses that cannot be a GitHub by their form, and what else may be wrong with one."""

from urllib.parse import urlsplit

from connector.errors import Gone

_OURS = frozenset({"github.com", "www.github.com", "api.github.com"})
_NO_SITE = frozenset(
    """gist.github.com docs.github.com raw.githubusercontent.com uploads.github.com
    codeload.github.com support.github.com education.github.com github.io""".split()
)


def refuse_elsewhere(url: str) -> None:
    """Raise ``Gone`` for an address that is no GitHub by its form, with the one to use."""
    parts = urlsplit(url.strip())
    host, path = parts.hostname or "", parts.path.strip("/")
    if host in _NO_SITE or host.endswith(".github.io"):
        raise Gone(f"{host} is not GitHub itself: use https://github.com.")
    if host in _OURS and path:
        raise Gone(f"{url} is a page of GitHub: use https://github.com; links name repositories.")
    if host.endswith(".ghe.com") and path:
        home = host.removeprefix("api.")
        raise Gone(f"{url} is a page of a GitHub: use the part before it, https://{home}.")


def hint(url: str) -> str:
    """What to use instead of an address that answers, but not as a GitHub."""
    parts = urlsplit(url.strip())
    base = f"{parts.scheme}://{parts.netloc}"
    path = parts.path.strip("/").removesuffix("api/v3").strip("/")
    if path:
        return f"Leave out the path: {base} is where such a server would be."
    return (
        "Use https://github.com, or the address of your GitHub Enterprise Server's start page,"
        " such as https://github.example.com."
    )
