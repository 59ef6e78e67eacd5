"""A simulated tracker by itself holds the demo company's work when asked to."""

from typing import Literal

import pytest

from integrations.simulators import start_github, start_jira
from integrations.simulators.demo_content import PROJECTS
from web.simulate import fill_alone


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
def test_a_jira_by_itself_is_filled(deployment: Literal["cloud", "datacenter"]) -> None:
    with start_jira(deployment=deployment) as running:
        fill_alone("jira", running)
        assert set(PROJECTS) <= set(running.site.projects)
        assert len(running.site.issues) > 50


def test_a_github_by_itself_is_filled() -> None:
    with start_github() as running:
        fill_alone("github", running)
        assert running.site.repos
