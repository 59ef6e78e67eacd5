"""What RQ's worker says while Redis is away: one line, since nothing of it is a fault of ours."""

import logging

from redis.exceptions import RedisError

AWAY = (
    "Redis does not answer (%s): see to it. Nothing is lost: what was left is rung for by a sweep "
    "after it is back"
)


class Plain(logging.Filter):
    """Puts a sentence in the place of each stack trace of a Redis that fails."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, RedisError):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.msg, record.args = AWAY, (type(error).__name__,)
            record.exc_info = record.exc_text = None
        return True


PLAIN = Plain()
