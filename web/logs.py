"""Logs: one structured event a line on standard error, never a token or a body."""

import logging
import sys

import structlog


def configure(*, quiet: bool = False) -> None:
    """Set up logging for this process; ``quiet`` keeps warnings and errors only."""
    level = logging.WARNING if quiet else logging.INFO
    # The SDKs and the HTTP stack write URLs and bodies at their lower levels.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, force=True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
