"""Run as a process: Worklift's web application, or a bare one, on the same server and database.

Usage: python -m benchmarks.accepting.serving worklift|bare URL HOME REPOSITORIES
"""

import logging
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from flask import Flask, jsonify, request
from sqlalchemy import insert

from benchmarks.accepting.words import SECRET, repositories
from connector.settings import Settings
from connector.store import Store, open_store
from connector.store.migrate import upgrade
from connector.store.tables import Connection, Delivery, Source
from sync.accounts import hook_place, token_place
from sync.runtime import Runtime, build
from web import channel, serve
from web.app import create_app


def main(kind: str, url: str, home: str, repos: str) -> None:
    serve.share_fairly()
    store = open_store(url)
    upgrade(store)
    settings = Settings(home=Path(home), database_url=url, key=b"k" * 32)
    runtime = replace(build(settings), store=store)
    _connect(runtime, repositories(int(repos)))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = create_app(runtime) if kind == "worklift" else bare(store)
    server = channel.listening(app, host="127.0.0.1", port=0, **serve.OPTIONS)
    print(server.effective_port, flush=True)
    server.run()


def bare(store: Store) -> Flask:
    """A view that inserts one row and commits. On SQLite its threads take turns by our own lock:
    SQLite's waiting is far slower, and unfair."""
    app, statement = Flask("bare"), insert(Delivery)

    @app.post("/hooks/github")
    def receive() -> object:
        request.get_data()
        row = {
            "connection_id": 1,
            "identifier": request.headers["X-GitHub-Delivery"],
            "event": request.headers["X-GitHub-Event"],
            "received_at": datetime.now(UTC),
        }
        with store.transaction() as database:
            database.execute(statement, row)
        return jsonify(message="accepted"), 202

    return app


def _connect(runtime: Runtime, repos: list[str]) -> None:
    uid = uuid4().hex
    with runtime.store.write() as session:
        session.add(Connection(
            id=1, uid=uid, name="github", tracker="github", url="http://127.0.0.1:9", options={},
            token_cipher=runtime.vault.seal("token", token_place(uid)),
            hook_cipher=runtime.vault.seal(SECRET, hook_place(uid)), created_at=runtime.clock(),
        ))  # fmt: skip
        session.flush()
        session.add_all(Source(connection_id=1, key=repo, need={}) for repo in repos)


if __name__ == "__main__":
    main(*sys.argv[1:])
