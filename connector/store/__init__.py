"""The store: typed tables, one unit of work, migrations; opened by sync and web only."""

from connector.store.unit import Store, open_store

__all__ = ["Store", "open_store"]
