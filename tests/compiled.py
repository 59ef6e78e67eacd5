"""What libraries compile for each engine and each app, compiled once in each process instead."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Engine, event
from werkzeug.routing import Rule


@contextmanager
def statements() -> Iterator[None]:
    """Databases of one kind share the SQL that was compiled for the first of them."""
    dialects: dict[str, Any] = {}
    cache: dict[Any, Any] = {}

    def share(connection: Connection) -> None:
        engine = connection.engine
        # A statement's place in the cache names its dialect, of which each engine has its own.
        engine.dialect = dialects.setdefault(engine.dialect.name, engine.dialect)
        connection.execution_options(compiled_cache=cache)

    event.listen(Engine, "engine_connect", share)
    yield
    event.remove(Engine, "engine_connect", share)


class _Kept(BytecodeCache):
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


class _Rule(Rule):
    """What a path is compiled into depends on nothing but the rule and its map's ways."""

    kept: ClassVar[dict[Any, dict[str, Any]]] = {}

    def compile(self) -> None:
        assert self.map is not None
        ways = self.strict_slashes, self.merge_slashes, tuple(sorted(self.map.converters))
        defaults = tuple(sorted((self.defaults or {}).items()))
        key = (self.rule, self.host, self.subdomain, self.map.host_matching, defaults, ways)
        if key not in self.kept:
            before = dict(vars(self))
            super().compile()
            made = vars(self)
            # Were a part missing here, a later Werkzeug would fail on the second app made of it.
            self.kept[key] = {name: made[name] for name in COMPILED}
            assert made.keys() == before.keys() | COMPILED
        vars(self).update(self.kept[key])


COMPILED = {"_parts", "_trace", "_converters", "_build", "_build_unknown", "arguments"}


@contextmanager
def apps() -> Iterator[None]:
    """Apps share the templates and the routes that were compiled for the first of them."""
    before = Flask.jinja_options, Flask.url_rule_class
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Kept()}
    Flask.url_rule_class = _Rule
    yield
    Flask.jinja_options, Flask.url_rule_class = before
