"""Small stateful trackers speaking the vendors' real HTTP on loopback: for demo, tests, benchmarks.

Each is an independent implementation of the vendor's API and shares no code with the trackers
that read it. GitHub's REST root is both ``running.url`` (as on api.github.com) and
``running.url + "/api/v3"`` (as on GitHub Enterprise Server); either works as PyGithub's base_url.
"""

from integrations.simulators.github.app import start_github
from integrations.simulators.jira.app import start_jira
from integrations.simulators.jira.passes import CLOUD_ID
from integrations.simulators.server import Running

__all__ = ["CLOUD_ID", "Running", "start_github", "start_jira"]
