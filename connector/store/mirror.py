"""Tables: the mirror of work items as the tracker last showed them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from connector.store.base import Base


class Item(Base):
    """One work item; identity is the tracker's immutable id within a connection.

    ``gone_at`` is when it was found deleted or invisible; ``gone_reason`` says which.
    ``unreckoned`` says that it changed and the ledger does not know yet: a drain that ends
    halfway leaves the rest of the work to the next one. ``told_at`` is the ``updated_at`` up to
    which its events are kept.
    """

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("ix_item_connection_id_key", "connection_id", "key"),
        Index("ix_item_source_id_unreckoned", "source_id", "unreckoned"),
        Index("ix_item_parent", "connection_id", "parent_id"),
        # Where the tracker gave its id, nothing asks for a parent by its key.
        Index(
            "ix_item_parent_key",
            "connection_id",
            "parent_key",
            sqlite_where=text("parent_id IS NULL"),
            postgresql_where=text("parent_id IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    external_id: Mapped[str] = mapped_column(String(255))
    key: Mapped[str]
    title: Mapped[str]
    url: Mapped[str]
    status: Mapped[str]
    category: Mapped[str] = mapped_column(String(16))
    type: Mapped[str]
    place: Mapped[str] = mapped_column(String(255), default="")
    level: Mapped[int]
    pull_request: Mapped[bool]
    resolution: Mapped[str | None]
    parent_id: Mapped[str | None] = mapped_column(String(255))
    parent_key: Mapped[str | None]
    assignee: Mapped[str | None] = mapped_column(index=True)
    labels: Mapped[list[str]]
    numbers: Mapped[dict[str, Any]]
    mentions: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    state_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    gone_reason: Mapped[str | None]
    unreckoned: Mapped[bool] = mapped_column(default=True)
    told_at: Mapped[datetime | None]


class ItemEvent(Base):
    """One dated change of an item, from the tracker's own history (``connector.work``)."""

    __tablename__ = "item_event"
    __table_args__ = (Index("ix_item_event_item_id_at", "item_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


class ItemTag(Base):
    """A scope an item lies in, as the item itself says."""

    __tablename__ = "item_tag"
    __table_args__ = ({"sqlite_with_rowid": False},)  # it is its own index
    tag: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("item.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Match(Base):
    """An item a query lists, as the tracker last answered it."""

    __tablename__ = "match"
    source_id: Mapped[int] = mapped_column(
        ForeignKey("source.id", ondelete="CASCADE"), primary_key=True
    )
    query_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(255), primary_key=True)


class UnreadableItem(Base):
    """An item whose answer could not be understood: set aside by name, the rest goes on.

    ``attempts`` says how often it was tried, ``version`` is the Worklift that tried it last, ''
    where it is to be tried again. ``stamp`` is the tracker's time of the change that ended the
    process which read it: until it changes it is not read again.
    """

    __tablename__ = "unreadable_item"
    source_id: Mapped[int] = mapped_column(
        ForeignKey("source.id", ondelete="CASCADE"), primary_key=True
    )
    external_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    key: Mapped[str]
    field: Mapped[str]
    message: Mapped[str]
    since: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=1, server_default="1")
    version: Mapped[str] = mapped_column(String(32), default="", server_default="")
    stamp: Mapped[str] = mapped_column(String(64), default="", server_default="")
