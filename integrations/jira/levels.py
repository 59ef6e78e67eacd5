"""The levels of issue types as one text, for sites whose types do not tell them: ``10005:2``."""

from collections.abc import Mapping

HIGHEST = 99


def levels_of(text: str) -> dict[str, int]:
    """Levels by the id of the type; what cannot be understood is left out."""
    parts = (part.strip().partition(":") for part in text.split(","))
    return {
        ident: int(level)
        for ident, _, level in parts
        if ident and level.isascii() and level.isdigit() and 0 < int(level) <= HIGHEST
    }


def text_of(levels: Mapping[str, int]) -> str:
    """The same as text, in a stable order."""
    return ",".join(f"{ident}:{level}" for ident, level in sorted(levels.items()))
