"""Projects of GitHub read with one thing wrong."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from integrations.github import told
from integrations.github.projects import Project
from integrations.tracker import Look
from tests.faults.mutant import Mutant, around, instead

BOARDS = ("github/boards",)


def _never_left(original: Any) -> Any:
    """What is no longer met is not told of."""

    def read(project: Any, *given: Any, **more: Any) -> Iterator[Any]:
        for part in original(project, *given, **more):
            yield replace(part, left=frozenset()) if isinstance(part, Look) else part

    return read


MUTANTS = (
    Mutant("what left a project is not told of", around(Project, "read", _never_left),
           names=BOARDS),
    Mutant("what moved on a project is not heard", instead(told, "_READ", {
        name: read for name, read in told._READ.items() if name != "projects_v2_item"}),
           names=BOARDS),
)  # fmt: skip
