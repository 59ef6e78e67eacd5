"""Where a command writes: results to standard output, messages and progress to standard error."""

import errno
import json
import os
import sys
from typing import Any, Protocol

import click

from connector.errors import WorkliftError

OK, DONE_WITH_ERRORS, WRONG = 0, 1, 2
"""Exit codes: well; done, with errors that were said; wrong use or bad input."""
ASKS = 3
"""Between the steps of one command: a choice is to be made first; no command ends with it."""


class Console(Protocol):
    """What a command needs of a terminal, here or at the other end of a socket."""

    def out(self, text: str) -> None:
        """A line of the result."""
        ...

    def err(self, text: str) -> None:
        """A message for a person."""
        ...

    def progress(self, text: str) -> None:
        """What is being done; replaces the line before on a terminal, silent elsewhere."""
        ...


def out_json(console: Console, value: Any) -> None:
    """Write one JSON document as the result."""
    console.out(json.dumps(value, ensure_ascii=False, indent=2))


class Terminal:
    """The terminal this process runs in."""

    def __init__(self) -> None:
        self._open = False
        self._shows = sys.stderr.isatty()

    def out(self, text: str) -> None:
        """Write to standard output."""
        self._clear()
        try:
            click.echo(text)
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read has enough: click ends without a word
                raise
            # What is left in Python's buffer would fail once more as the process ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise WorkliftError(f"standard output cannot be written: {error.strerror}") from None

    def err(self, text: str) -> None:
        """Write to standard error."""
        self._clear()
        click.echo(text, err=True)

    def progress(self, text: str) -> None:
        """Redraw the progress line."""
        if self._shows:
            self._open = True
            click.echo(f"\r\x1b[K{text[:100]}", err=True, nl=False)

    def _clear(self) -> None:
        if self._open:
            self._open = False
            click.echo("\r\x1b[K", err=True, nl=False)
