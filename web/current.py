"""The running service as seen from inside a request."""

from typing import cast

from flask import current_app

from sync.runtime import Runtime


def runtime() -> Runtime:
    """The runtime this application was made with."""
    return cast("Runtime", current_app.extensions["worklift"])
