"""Where a GitHub lives: the address of its API and the one people open."""

from urllib.parse import urlsplit

from integrations.kit.address import base_url

_API, _WEB = "https://api.github.com", "https://github.com"
_ENTERPRISE = "/api/v3"


def api_url(text: str, *, allow_private: bool) -> str:
    """The REST address of what was given: a web address, or an API address as it is."""
    url = base_url(text, allow_private=allow_private)
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in ("github.com", "www.github.com", "api.github.com"):
        return _API
    if host.endswith(".ghe.com"):
        return f"https://api.{host.removeprefix('api.')}"
    return url if parts.path.endswith(_ENTERPRISE) else url + _ENTERPRISE


def web_url(api: str) -> str:
    """The address people open."""
    if api == _API:
        return _WEB
    host = urlsplit(api).hostname or ""
    if host.startswith("api.") and host.endswith(".ghe.com"):
        return f"https://{host.removeprefix('api.')}"
    return api.removesuffix(_ENTERPRISE)


def graphql_url(api: str) -> str:
    """The address of GraphQL beside that of REST: below ``/api`` on an Enterprise Server."""
    if api.endswith(_ENTERPRISE):
        return f"{api.removesuffix(_ENTERPRISE)}/api/graphql"
    return f"{api}/graphql"


def repository_of(url: str | None) -> str | None:
    """``owner/repo`` of an API address below ``/repos/``, as the tracker writes it."""
    try:
        parts = urlsplit(url or "").path.partition("/repos/")[2].split("/")
    except ValueError:
        return None
    return "/".join(parts[:2]) if len(parts) >= 2 and all(parts[:2]) else None


def key_of(url: str | None) -> str | None:
    """``owner/repo#n``, in lower case, of the API address of an issue."""
    repo = repository_of(url)
    number = (url or "").rpartition("/issues/")[2]
    return f"{repo}#{number}".lower() if repo and number.isascii() and number.isdigit() else None
