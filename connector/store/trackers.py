"""Tables: connections, sources with their lease and freshness, deliveries and runs."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from connector.store.base import Base


class Connection(Base):
    """One account at one tracker. Ciphers open only for this row's ``uid`` and column.

    ``broken_at`` is set when the token was refused: no call is made until a person acts.
    ``ended_at`` is set when it was disconnected: token and webhook secret are gone then.
    ``grant_cipher`` holds what renews a token that people did not type; ``token_until`` is when the
    token ends. ``budget`` is what the tracker's limits left at the last look, ``registered`` the
    webhooks we set up there. ``write_back`` are the kinds of notes allowed (none: off); none is
    written before ``notes_after``, which ``notes_failures`` in a row put off. ``error_kind`` says
    what kind of error it was, as ``sync.kinds`` has them. ``unanswered`` counts the tries in a row,
    of whichever source, to which there was no answer; after too many none of them is read before
    ``rests_until``, and then one first. ``watched`` is what is known of deliveries of webhooks that
    people entered at the tracker by hand. ``seen_by`` is the circle that sees its items, as
    ``connector.sight`` has it (None: everybody signed in). Since ``paused_at`` an admin has it left
    alone: nothing is read from it nor written to it until it is resumed.
    """

    __tablename__ = "connection"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    tracker: Mapped[str] = mapped_column(String(32))
    url: Mapped[str]
    options: Mapped[dict[str, Any]]
    allow_private: Mapped[bool] = mapped_column(default=False)
    token_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    hook_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    who: Mapped[str] = mapped_column(default="")
    broken_at: Mapped[datetime | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    refused_deliveries: Mapped[int] = mapped_column(default=0)
    grant_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    token_until: Mapped[datetime | None]
    budget: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    registered: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    write_back: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    notes_after: Mapped[datetime | None]
    notes_failures: Mapped[int] = mapped_column(default=0, server_default="0")
    error_kind: Mapped[str | None] = mapped_column(String(16))
    unanswered: Mapped[int] = mapped_column(default=0, server_default="0")
    rests_until: Mapped[datetime | None]
    watched: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    seen_by: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[str | None]
    paused_why: Mapped[str | None]


class FormerName(Base):
    """What a connection was called before: webhooks, plan files and addresses still say it."""

    __tablename__ = "former_name"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    until: Mapped[datetime]
    author: Mapped[str]


class Agreement(Base):
    """A sign-in at a tracker that was begun and may be finished until then, once, by ``who``; or
    what is to be shown to somebody once.

    ``mark`` is a keyed hash of what the tracker gives back; ``cipher`` holds what was begun.
    """

    __tablename__ = "agreement"
    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    who: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime]
    cipher: Mapped[bytes] = mapped_column(LargeBinary)


class Source(Base):
    """What is drained, leased and marked dirty as one.

    ``generation`` grows whenever everything has to be read anew, so that a read begun before
    cannot count for what was asked since. ``dirty_seq`` grows with every reason to look,
    ``done_seq`` follows it; ``epoch`` fences a writer that lost its lease. ``looked_at`` is the
    start of the last complete, successful look. ``past_after`` is when histories that could not
    be read are asked for again: that never stops the reading of what is. ``lists_seq`` is the
    ``dirty_seq`` at which the tracker last told of a change in its small lists. ``external_id`` is
    the tracker's id of the place that is read, where it has one: names change, ids do not.
    ``deaths`` are the drains in a row whose process ended before they did, ``care`` is what the
    next one reads carefully for (``sync.care``). ``drains``, ``calls``, ``items_read`` and
    ``repaired`` (changes found by a poll though webhooks are on) only grow. ``audit`` is what the
    last audit found, begun at ``audited_at``.
    """

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("connection_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(255))
    need: Mapped[dict[str, Any]]
    generation: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[str | None]
    dirty_seq: Mapped[int] = mapped_column(default=0)
    done_seq: Mapped[int] = mapped_column(default=0)
    epoch: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    swept_at: Mapped[datetime | None]
    past_after: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    error_kind: Mapped[str | None] = mapped_column(String(16))
    lists_seq: Mapped[int] = mapped_column(default=0, server_default="0")
    external_id: Mapped[str | None] = mapped_column(String(64))
    deaths: Mapped[int] = mapped_column(default=0, server_default="0")
    care: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    drains: Mapped[int] = mapped_column(default=0, server_default="0")
    calls: Mapped[int] = mapped_column(default=0, server_default="0")
    items_read: Mapped[int] = mapped_column(default=0, server_default="0")
    repaired: Mapped[int] = mapped_column(default=0, server_default="0")
    audited_at: Mapped[datetime | None]
    audit: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class Watch(Base):
    """A span of time in which a source was looked at again and again: past days show from it how
    fresh a number was."""

    __tablename__ = "watch"
    __table_args__ = (Index("ix_watch_source_id_since", "source_id", "since"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    since: Mapped[datetime]
    until: Mapped[datetime]


class MappingVersion(Base):
    """A field mapping as it was saved; the newest of a connection holds."""

    __tablename__ = "mapping_version"
    __table_args__ = (UniqueConstraint("connection_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    version: Mapped[int]
    body: Mapped[dict[str, Any]]
    author: Mapped[str]
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    restores: Mapped[int | None]


class Delivery(Base):
    """An accepted webhook: stored before it is acknowledged, once per identifier."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("connection_id", "identifier"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    identifier: Mapped[str] = mapped_column(String(128))
    event: Mapped[str] = mapped_column(String(128))
    received_at: Mapped[datetime] = mapped_column(index=True)


class DeliveryCount(Base):
    """Deliveries of a kind that moved nothing: ``forged`` and ``unreadable`` ones were refused,
    ``repeated`` ones bear a known identifier, ``replayed`` ones a known body and a new one."""

    __tablename__ = "delivery_count"
    connection_id: Mapped[int] = mapped_column(
        ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int]
    last_at: Mapped[datetime]


class Hint(Base):
    """An item a delivery named, until the mirror is at least as new."""

    __tablename__ = "hint"
    __table_args__ = (
        Index("ix_hint_source_id_seq", "source_id", "seq"),
        Index("ix_hint_source_id_external_id", "source_id", "external_id", unique=True),
        Index(
            "ix_hint_source_id_key",
            "source_id",
            "key",
            unique=True,
            sqlite_where=text("external_id IS NULL"),
            postgresql_where=text("external_id IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    seq: Mapped[int]
    external_id: Mapped[str | None] = mapped_column(String(255))
    key: Mapped[str | None]
    updated_at: Mapped[datetime | None]
    gone: Mapped[bool] = mapped_column(default=False, server_default=false())


class Run(Base):
    """One drain of a source, for people who ask what happened."""

    __tablename__ = "run"
    __table_args__ = (Index("ix_run_source_id_started_at", "source_id", "started_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    seconds: Mapped[float]
    calls: Mapped[int]
    items_read: Mapped[int]
    items_changed: Mapped[int]
    items_gone: Mapped[int]
    error: Mapped[str | None]


class Lease(Base):
    """A named lease, such as the sweeper's, so that two clocks cannot double."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime]


class Naming(Base):
    """What names a key result beside items: a milestone, a label, a command somebody wrote.

    ``kind`` and ``value`` are the scope it asks to link, ``key`` the key result as it is written
    there, ``place`` where it was read. Of a command ``remote_id`` is the comment that holds it,
    ``author`` who wrote it and ``told_at`` when; the last word holds, and ``ends`` says that it
    takes the link away. ``problem`` says why it is not heard.
    """

    __tablename__ = "naming"
    __table_args__ = (UniqueConstraint("connection_id", "kind", "value", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(32))
    value: Mapped[str] = mapped_column(String(255))
    key: Mapped[str] = mapped_column(String(160))
    author: Mapped[str] = mapped_column(default="")
    remote_id: Mapped[str | None] = mapped_column(String(64))
    told_at: Mapped[datetime]
    ends: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str | None]


class Note(Base):
    """What an item is to say of the key results it serves, and what it says now.

    ``subject`` is the key result of a remote link, the comment a reply answers, empty for notes
    there is one of. Of a note on no item, such as a milestone, it is the value of the scope.
    ``wanted`` is the body to be shown, None to have it taken away; it is up to date while
    ``sent_hash`` equals ``wanted_hash``. ``attempts`` is counted up before each try.
    """

    __tablename__ = "note"
    __table_args__ = (
        UniqueConstraint("item_id", "kind", "subject"),
        Index("ix_note_connection_id_due_at", "connection_id", "due_at"),
        Index(
            "ix_note_subject",
            "connection_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("item_id IS NULL"),
            postgresql_where=text("item_id IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(320), default="")
    wanted: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    wanted_hash: Mapped[str] = mapped_column(String(64))
    sent_hash: Mapped[str | None] = mapped_column(String(64))
    remote_id: Mapped[str | None] = mapped_column(String(255))
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
