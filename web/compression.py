"""Smaller answers: pages as they are made, static files once per process."""

from pathlib import Path
from typing import Final

from flask import Flask, Request, Response, current_app, request
from flask_compress import Compress, DictCache

from web.assets import fingerprint
from web.security import STATIC

KINDS: Final = ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"]
SMALLEST: Final = 500
PLAIN: Final = frozenset(
    {
        "connections.connected",
        "connections.after",
        "accounts.set_up",
        "plan.user",
        "plan.new_user",
        "welcome.page",
        "hooks.receive",
    }
)
"""Answers that may show a secret are sent as they are: their lengths tell nothing of it. What a
webhook is answered is short."""


def install(app: Flask) -> None:
    """Compress what is worth it."""
    app.config.update(
        COMPRESS_MIMETYPES=KINDS,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_MIN_SIZE=SMALLEST,
        COMPRESS_STREAMS=False,
        COMPRESS_REGISTER=False,
    )
    pages, files = Compress(app), Compress(app)
    files.cache, files.cache_key = DictCache(), _file_key

    @app.after_request
    def _compress(response: Response) -> Response:
        if request.endpoint in PLAIN:
            return response
        if request.endpoint not in STATIC:
            return pages.after_request(response)
        if response.status_code == 200 and response.mimetype in KINDS:
            _make_whole(response)
        return files.after_request(response)


def _make_whole(response: Response) -> None:
    """A file's content instead of the open file: it is kept compressed."""
    response.direct_passthrough = False
    stream, content = response.response, response.get_data()
    if hasattr(stream, "close"):
        stream.close()
    response.set_data(content)


def _file_key(this: Request) -> str:
    """What a static file holds, whatever its URL says."""
    name = (this.view_args or {})["filename"]
    return f"{this.endpoint} {name} {fingerprint(_folder(this), name)}"


def _folder(this: Request) -> str:
    blueprint = (this.endpoint or "").rpartition(".")[0]
    owner = current_app.blueprints[blueprint] if blueprint else current_app
    return str(Path(owner.static_folder or ""))
