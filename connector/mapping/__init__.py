"""Field mapping: how a tracker's fields become a state and a size. Rules: docs/scoring.md, 1."""

from connector.mapping.document import DAYS, as_words, checked, read_mapping
from connector.mapping.meaning import is_mapped, size_of, state_of
from connector.mapping.words import (
    Counts,
    FieldMapping,
    LabelPattern,
    LabelSizes,
    NumberField,
    PointSource,
    TypeRule,
    Words,
    fold,
)

__all__ = [
    "DAYS",
    "Counts",
    "FieldMapping",
    "LabelPattern",
    "LabelSizes",
    "NumberField",
    "PointSource",
    "TypeRule",
    "Words",
    "as_words",
    "checked",
    "fold",
    "is_mapped",
    "read_mapping",
    "size_of",
    "state_of",
]
