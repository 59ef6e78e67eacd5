"""Every route of the application with an address that leads there."""

from collections.abc import Iterator
from itertools import product

from flask import Flask
from werkzeug.routing import Rule

BESIDE = frozenset({"static", "bootstrap.static", "hooks.receive"})
"""What is no page: files, and webhooks, which prove themselves."""
VALUES: dict[str, tuple[str, ...]] = {
    "cycle": ("2026-Q4",),
    "team": ("platform",),
    "key": ("KR-1",),
    "role": ("admin",),
    "name": ("jira",),
    "tracker": ("jira",),
}


def routes(app: Flask) -> list[tuple[Rule, str]]:
    """Each page with each method it takes."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint not in BESIDE and not rule.build_only
    ]


def paths(rule: Rule, **values: tuple[str, ...]) -> Iterator[str]:
    """Its addresses with every one of these values; ``1`` for what is not among them."""
    names = sorted(rule.arguments)
    known = {**VALUES, **values}
    for chosen in product(*(known.get(name, ("1",)) for name in names)):
        built = rule.build(dict(zip(names, chosen, strict=True)), append_unknown=False)
        assert built is not None, rule
        yield built[1]


def path(rule: Rule) -> str:
    """One address of it."""
    return next(paths(rule))
