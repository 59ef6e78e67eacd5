"""Logs: one structured event a line on standard error, never a token or a body."""

import logging
import re
import sys
from typing import Any

import structlog

_PATH = re.compile(r"(/hooks/[^/\s\"'?#]+/)[^\s\"'?#]+")


def configure(*, quiet: bool = False) -> None:
    """Set up logging for this process; ``quiet`` keeps warnings and errors only."""
    level = logging.WARNING if quiet else logging.INFO
    # The SDKs and the HTTP stack write URLs and bodies at their lower levels.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, force=True)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Discreet(logging.BASIC_FORMAT))
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(),
            _discreet,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def without_paths(text: str) -> str:
    """A text without the secret paths of webhooks' addresses."""
    return _PATH.sub(r"\1…", text)


class _Discreet(logging.Formatter):
    """Leaves secret paths out of what Flask and the server write of a request that failed."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, its traceback included."""
        return without_paths(super().format(record))


def _discreet(_logger: Any, _method: str, event: Any) -> str:
    return without_paths(str(event))
