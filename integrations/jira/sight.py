"""Which projects can be seen: asked once for each, as long as one call of ours takes."""

from collections.abc import Iterable, Mapping
from functools import partial

from connector.errors import Gone
from integrations.jira.client import JiraClient
from integrations.kit.abreast import abreast


class Sight:
    """What was found out so far."""

    def __init__(self, client: JiraClient) -> None:
        self._client = client
        self._known: dict[str, bool] = {}

    def shown(self, projects: Iterable[str]) -> Mapping[str, bool]:
        """Of every project asked for now or before, whether it is shown."""
        new = sorted({each for each in projects if each} - self._known.keys())
        asked = partial(_is_shown, self._client)
        self._known |= dict(abreast(asked, new, width=self._client.width))
        return self._known


def _is_shown(client: JiraClient, project: str) -> tuple[str, bool]:
    try:
        client.get(f"2/project/{project}")
    except Gone:
        return project, False
    return project, True
