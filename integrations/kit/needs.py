"""Which part of a need can be asked for at all."""

from dataclasses import replace

from connector.errors import Refused
from integrations.tracker import Need, Spec


def readable(spec: Spec, need: Need) -> tuple[Need, dict[tuple[str, str], str]]:
    """The need without scopes of a wrong form or unknown kind, and a sentence for each of those."""
    broken: dict[tuple[str, str], str] = {}
    for kind, value in need.scopes:
        known = spec.kind(kind)
        if known is None:
            broken[kind, value] = f"{spec.label} has no scopes of the kind {kind!r}."
            continue
        try:
            known.select(value)
        except Refused as error:
            broken[kind, value] = f"{error}."
    return replace(need, scopes=need.scopes - broken.keys()), broken
