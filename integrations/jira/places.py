"""Where a Jira is: its own address or Atlassian's gateway, and addresses that cannot be one."""

import re
from urllib.parse import urlsplit

import requests

from connector.errors import Gone, TrackerError
from integrations.kit.edge import Ask, Edge

_GATEWAY = re.compile(r"/ex/jira/([0-9A-Za-z-]+)/?")
_CLOUD = ".atlassian.net"
_NO_SITE = frozenset(
    """www.atlassian.com id.atlassian.com admin.atlassian.com home.atlassian.com start.atlassian.com
    api.atlassian.com auth.atlassian.com support.atlassian.com""".split()
)
_SITE = "https://your-site.atlassian.net"


def on_gateway(url: str) -> bool:
    """Whether it is Atlassian's gateway to a site, which takes tokens with scopes."""
    return _GATEWAY.fullmatch(urlsplit(url).path) is not None


def on_cloud(url: str) -> bool:
    """Whether it is a site of Jira Cloud by its name."""
    return (urlsplit(url).hostname or "").endswith(_CLOUD)


def refuse_elsewhere(url: str) -> None:
    """Raise ``Gone`` for an address that is no Jira by its form, with the one to use."""
    parts = urlsplit(url)
    host, path = parts.hostname or "", parts.path.strip("/")
    if host in _NO_SITE and not on_gateway(url):
        gateway = "https://api.atlassian.com/ex/jira/<cloud id>"
        raise Gone(f"{host} is no Jira site: use your site's own address, such as {_SITE}, or the"
                   f" gateway {gateway} for a token with scopes.")  # fmt: skip
    before, page, _ = url.partition("/browse/")
    if page:
        raise Gone(f"{url} is the page of an issue: use the part before it, {before}.")
    if on_cloud(url) and path:
        what = "Confluence" if path.split("/")[0] == "wiki" else "a page of the site"
        raise Gone(f"{url} leads to {what}, not to Jira itself: use https://{host}.")


def hint(url: str) -> str:
    """What else may be wrong with an address that answers, but not as a Jira."""
    named = f"{urlsplit(url).hostname or ''}/{urlsplit(url).path}".lower()
    if "confluence" in named or "/wiki" in named:
        return "It looks like the address of a Confluence: use the one of Jira."
    return (
        "Use the address Jira's start page has, with its context path if it has one, such as"
        f" {_SITE} or https://example.com/jira."
    )


def gateway_of(url: str, *, allow_private: bool) -> str | None:
    """The gateway address of a site, asked of the site without signing in; None if it is silent."""
    edge = Edge(requests.Session(), label="Jira", secret="", allow_private=allow_private)
    try:
        found = edge.call(Ask(method="GET", url=f"{url}/_edge/tenant_info")).object()
    except TrackerError:
        return None
    finally:
        edge.close()
    cloud_id = found.get("cloudId")
    if not isinstance(cloud_id, str) or not re.fullmatch(r"[0-9A-Za-z-]{1,64}", cloud_id):
        return None
    # A stand-in is its own gateway; Atlassian has one for all sites.
    base = "https://api.atlassian.com" if on_cloud(url) else url
    return f"{base}/ex/jira/{cloud_id}"
