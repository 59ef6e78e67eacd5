"""What searching and judging ask of a site: small answers, each read with care."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from integrations.jira.client import JiraClient
from integrations.jira.jql import quote
from integrations.jira.profile import Profile
from integrations.jira.reading import level_of
from integrations.jira.spec import SPEC
from integrations.kit.answers import Answer
from integrations.kit.fields import Fields
from integrations.kit.loose import Json, fitting, objects, text, within, words_of
from integrations.tracker import Found

__all__ = [
    "Asked",
    "Json",
    "fitting",
    "listed",
    "objects",
    "text",
    "with_words",
    "within",
    "words_of",
]
_MARKED = re.compile(r"</?b>")


@dataclass(frozen=True, slots=True)
class Asked:
    """A site that can be asked, and what people see of it."""

    client: JiraClient
    profile: Profile

    @property
    def version(self) -> str:
        """The version of the API for this deployment."""
        return "api/3" if self.profile.cloud else "api/2"

    def get(self, path: str, **params: str) -> Answer:
        """One answer below ``/rest``; ``path`` begins with its API."""
        return self.client.call("GET", path, params=params or None)

    def issues(self, jql: str, fields: Sequence[str], most: int) -> list[Json]:
        """The first issues of a query."""
        body = {"jql": jql, "maxResults": most, "fields": list(fields)}
        path = "api/3/search/jql" if self.profile.cloud else "api/2/search"
        return objects(self.client.call("POST", path, json=body, safe=True).object().get("issues"))

    def suggested(self, field: str, start: str) -> list[str]:
        """The names Jira itself would offer for a field of a query."""
        path = f"{self.version}/jql/autocompletedata/suggestions"
        found = self.get(path, fieldName=field, fieldValue=start).object().get("results")
        return [each for result in objects(found) if (each := _bare(text(result, "value")))]

    def found(self, kind: str, value: str, title: str, note: str = "") -> Found:
        """A scope ready to link, with its page."""
        known = SPEC.kind(kind)
        url = known.url(self.profile.browse, value) if known else ""
        return Found(kind=kind, value=value, title=title, url=url, note=note)

    def parent_types(self) -> list[str]:
        """The ids of the issue types of level 1 and above: one call."""
        types = (Fields(each) for each in objects(self.client.get("2/issuetype").array()))
        return [
            text(kind.values, "id")
            for kind in types
            if text(kind.values, "name")
            and text(kind.values, "id")
            and level_of(kind, levels=self.profile.levels) >= 1
        ]


def listed(values: Iterable[str]) -> str:
    """Values of a JQL list."""
    return ", ".join(map(quote, values))


def with_words(words: Sequence[str]) -> Iterator[str]:
    """Conditions that find the words in titles, each as the beginning of one."""
    return (f"summary ~ {quote(f'{word}*')}" for word in words)


def _bare(value: str) -> str:
    """A name as it is, of one written for a query."""
    plain = _MARKED.sub("", value).strip()
    if len(plain) > 1 and plain[0] == plain[-1] == '"':
        return re.sub(r"\\(.)", r"\1", plain[1:-1])
    return plain
