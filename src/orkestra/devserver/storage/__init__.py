"""Objects as bytes, one encoding per revision: tables, history, journal.

Owns: revisions (one counter for everything, as etcd's), key order, the history watches and consistent lists are
served from, and durability. Does not own: what an object means; it reads metadata only to stamp the revision.

Invariants: revisions grow by one per commit; a record is immutable; ``Table.at(revision)`` is exact for every
revision the history still covers and raises Expired for older ones; a commit is journalled before anyone is told.
"""

from orkestra.devserver.storage.records import Event, Record, TableKey
from orkestra.devserver.storage.store import Store
from orkestra.devserver.storage.table import Table

__all__ = ["Event", "Record", "Store", "Table", "TableKey"]
