"""Calling a repository otherwise: in every address that names it."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from integrations.simulators.github import shapes
from integrations.simulators.github.state import Repo
from integrations.simulators.github.tokens import Tokens

_STARTS = "|".join(re.escape(f"{start}/") for start in (f"{shapes.API}/repos", shapes.WEB))


def rename(repo: Repo, before: str, after: str) -> None:
    """Rewrite what a repository holds, where it names the one that is called otherwise now."""
    pattern = re.compile(f'({_STARTS}){re.escape(before)}(?=[/"{{.])')

    def anew(value: Any) -> Any:
        return json.loads(pattern.sub(lambda found: found[1] + after, json.dumps(value)))

    repo.about = anew(repo.about)
    repo.milestones = {number: anew(each) for number, each in repo.milestones.items()}
    repo.labels = {name: anew(each) for name, each in repo.labels.items()}
    repo.releases = {number: anew(each) for number, each in repo.releases.items()}
    repo.checks = {number: anew(each) for number, each in repo.checks.items()}
    repo.events = [(number, anew(each)) for number, each in repo.events]
    for item in repo.items.values():
        item.fields = anew(item.fields)
        item.repo = after if item.repo == before else item.repo


def swapped(name: str, before: str, after: str) -> str:
    """A name in lower case, as it is now."""
    return after.lower() if name == before.lower() else name


def swapped_all(names: Iterable[str] | None, before: str, after: str) -> set[str] | None:
    """Names in lower case, as they are now; None stays what it is."""
    return None if names is None else {swapped(each, before, after) for each in names}


def rename_in_tokens(tokens: Tokens, before: str, after: str) -> None:
    """Fine-grained tokens go on being for the same repository."""
    for text, token in tokens.known.items():
        if token.repos is not None:
            repos = frozenset(swapped_all(token.repos, before, after) or ())
            tokens.known[text] = replace(token, repos=repos)
