"""What libraries make anew for each engine, app and key, made once in each process instead."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from jwt import algorithms
from sqlalchemy import Connection, Engine, event
from werkzeug.routing import Rule

from integrations.github import keys as our_keys

KEYS = 16
"""So many keys are there in a process: more than any test has apps."""


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


@contextmanager
def keys() -> Iterator[None]:
    """Apps of GitHub share some keys, in turn, and each is read once: both take their time."""
    numbers, generate = count(), rsa.generate_private_key
    made = cache(lambda _number, exponent, size: generate(exponent, size))

    def in_turn(public_exponent: int, key_size: int) -> Any:
        return made(next(numbers) % KEYS, public_exponent, key_size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rsa, "generate_private_key", in_turn)
        for module in (algorithms, our_keys):
            patch.setattr(module, "load_pem_private_key", cache(module.load_pem_private_key))
        yield


@contextmanager
def hurry() -> Iterator[None]:
    """SQLite does not wait for the disk: what a test wrote has not to outlive the machine."""

    def hurried(connection: Connection) -> None:
        if connection.dialect.name == "sqlite" and "hurried" not in connection.info:
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA synchronous=OFF")
            connection.info["hurried"] = True

    event.listen(Engine, "engine_connect", hurried)
    yield
    event.remove(Engine, "engine_connect", hurried)


def loaded() -> None:
    """All modules and tests are there: looking through them for what nobody holds is in vain."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 10)
