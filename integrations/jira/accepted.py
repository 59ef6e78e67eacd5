"""Which conditions of a need Jira accepts: one it refuses must not stop the others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from connector.errors import BadScope
from integrations.jira.client import JiraClient
from integrations.jira.profile import Profile
from integrations.jira.query import Condition, Name, together
from integrations.kit.answers import Rejected

_Page = TypeVar("_Page")
Ask = Callable[[tuple[Condition, ...]], Iterator[_Page]]


class Accepted:
    """The conditions asked for, and a sentence for each that is left out."""

    def __init__(self, wanted: Iterable[Condition], refused: Mapping[Name, str]) -> None:
        self.wanted = tuple(wanted)
        names = {each.name for each in self.wanted}
        self.refused = {name: said for name, said in refused.items() if name in names}

    @property
    def good(self) -> tuple[Condition, ...]:
        """What is asked."""
        return tuple(each for each in self.wanted if each.name not in self.refused)

    def named(self, names: Iterable[Name]) -> tuple[Condition, ...]:
        """The good ones of these names."""
        asked = frozenset(names)
        return tuple(each for each in self.good if each.name in asked)

    def ask(self, client: JiraClient, profile: Profile, ask: Ask[_Page]) -> Iterator[_Page]:
        """The pages; when Jira refuses the query, those of the conditions it accepts.

        ``ask`` raises ``Rejected`` at its first page or never.
        """
        if not self.good:
            return
        try:
            yield from ask(self.good)
        except Rejected:
            self._leave_out(client, profile)
        else:
            return
        if not self.good:
            return
        try:
            yield from ask(self.good)
        except Rejected as error:
            raise BadScope(sentence(error)) from error

    def _leave_out(self, client: JiraClient, profile: Profile) -> None:
        found = _refused(client, profile, self.good, known=True)
        self.refused |= {each.name: sentence(error) for each, error in found.items()}


def _refused(
    client: JiraClient, profile: Profile, wanted: tuple[Condition, ...], *, known: bool = False
) -> dict[Condition, Rejected]:
    """By halves, the conditions Jira does not accept; ``known``: one of these it is."""
    if not known or len(wanted) == 1:
        try:
            client.probe(together(wanted), profile)
        except Rejected as error:
            if len(wanted) == 1:
                return {wanted[0]: error}
        else:
            return {}
    half = len(wanted) // 2
    if not half:
        return {}
    first = _refused(client, profile, wanted[:half])
    return first | _refused(client, profile, wanted[half:])


def sentence(error: Rejected) -> str:
    """What Jira says, as a sentence."""
    return f"Jira says: {error.word.rstrip('.')}."
