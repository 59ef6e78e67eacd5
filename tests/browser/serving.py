"""A world served on a free port, as long as somebody looks at it."""

import contextlib
import threading
from collections.abc import Iterator

from flask import Flask
from werkzeug.serving import make_server

from tests.web.world import World


@contextlib.contextmanager
def answering(app: Flask) -> Iterator[str]:
    """The address an application answers at."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextlib.contextmanager
def served(world: World) -> Iterator[str]:
    """The address of a world; its store is closed at the end."""
    with answering(world.app()) as address:
        yield address
    world.runtime.store.close()
