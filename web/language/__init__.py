"""The language of a page: what people read goes through ``_`` and ``_n``.

Outside a request, as on the command line, everything stays English.
"""

from web.language.choosing import LANGUAGES, chosen, current
from web.language.installing import install
from web.language.marking import _, _n, _p, lazy
from web.language.telling import Told, told, told_plainly

__all__ = [
    "LANGUAGES",
    "Told",
    "_",
    "_n",
    "_p",
    "chosen",
    "current",
    "install",
    "lazy",
    "told",
    "told_plainly",
]
