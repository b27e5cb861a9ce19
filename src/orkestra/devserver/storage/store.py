"""The store: one revision counter, tables, the journal, and who is told about a commit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from orkestra.devserver.changes import ChangeType
from orkestra.devserver.storage.journal import DELETE, PUT, REVISION, Journal, encode_entry
from orkestra.devserver.storage.records import Event, Record, TableKey
from orkestra.devserver.storage.table import Table
from orkestra.k8s.objects import Object

_DECODED_LIMIT = 4096
"""How many records keep their decoded form: the working set of controllers, not the whole cluster."""

Observer = Callable[[Table, Event], None]


class Store:
    """Commits are synchronous and total: after ``put`` the record is journalled, in its table and in the history."""

    def __init__(self, *, history_limit: int = 4096, journal: Journal | None = None) -> None:
        self.revision = 1
        self._history_limit = history_limit
        self._journal = journal
        self._tables: dict[TableKey, Table] = {}
        self._base = self.revision
        self._floors: dict[TableKey, int] = {}
        self._observers: list[Observer] = []
        self._pending: deque[tuple[Table, Event]] = deque()
        self._is_notifying = False
        self._decoded: deque[Record] = deque()
        self._live_bytes = 0
        self._encode = msgspec.json.Encoder().encode
        if journal is not None:
            self._load(journal)

    def table(self, key: TableKey) -> Table:
        found = self._tables.get(key)
        if found is None:
            found = self._tables[key] = Table(key, self._history_limit, self._floors.get(key, self._base))
        return found

    def drop(self, key: TableKey) -> None:
        """Close and forget an empty table (its resource is gone)."""
        table = self._tables.pop(key, None)
        if table is not None:
            self._floors[key] = self.revision
            table.close()

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Call ``observer`` after each commit, in order, never inside another call. Returns what ends it."""
        self._observers.append(observer)

        def end() -> None:
            if observer in self._observers:
                self._observers.remove(observer)

        return end

    def put(self, table: Table, path: str, obj: Object) -> Record:
        """Commit ``obj`` (owned by the store from here on) at the next revision."""
        old = table.records.get(path)
        return self._commit(table, path, obj, "ADDED" if old is None else "MODIFIED", old).record

    def remove(self, table: Table, path: str, obj: Object) -> Record:
        """Commit the removal; ``obj`` is the object's last state, stamped with the revision of its end."""
        return self._commit(table, path, obj, "DELETED", table.records.get(path)).record

    def compact(self) -> None:
        """Forget all history: lists and watches from an earlier revision are Expired."""
        self._base = self.revision
        self._floors.clear()
        for table in self._tables.values():
            table.history.compact(self.revision)
            table.wake()

    def close(self) -> None:
        for table in self._tables.values():
            table.close()
        if self._journal is not None:
            self._journal.close()

    def _commit(self, table: Table, path: str, obj: Object, type_: ChangeType, old: Record | None) -> Event:
        revision = self.revision + 1
        obj["metadata"]["resourceVersion"] = str(revision)
        record = Record(path, revision, self._encode(obj), obj)
        if self._journal is not None:
            operation = DELETE if type_ == "DELETED" else PUT
            self._journal.append(encode_entry(operation, revision, table.key, path, record.raw))
        self.revision = revision
        event = Event(type_, record, old)
        table.apply(event)
        table.history.append(event)
        self._live_bytes += (0 if type_ == "DELETED" else len(record.raw)) - (len(old.raw) if old else 0)
        self._keep_decoded(record)
        if self._journal is not None and self._journal.needs_rewrite(self._live_bytes):
            self._journal.rewrite(self._snapshot())
        self._notify(table, event)
        return event

    def _keep_decoded(self, record: Record) -> None:
        self._decoded.append(record)
        if len(self._decoded) > _DECODED_LIMIT:
            self._decoded.popleft().forget()

    def _notify(self, table: Table, event: Event) -> None:
        table.wake()
        self._pending.append((table, event))
        if self._is_notifying:
            return
        self._is_notifying = True
        try:
            while self._pending:
                one, happened = self._pending.popleft()
                for observer in tuple(self._observers):
                    observer(one, happened)
        finally:
            self._is_notifying = False

    def _snapshot(self) -> Iterator[bytes]:
        for key, table in self._tables.items():
            for record in table.scan():
                yield encode_entry(PUT, record.revision, key, record.path, record.raw)
        yield encode_entry(REVISION, self.revision, TableKey("", ""), "", b"")

    def _load(self, journal: Journal) -> None:
        """Replay: the history comes back too, so that a client's watch survives a restart of the server."""
        for entry in journal.load():
            self.revision = max(self.revision, entry.revision)
            if entry.operation == REVISION:
                self._base = self.revision
                for table in self._tables.values():
                    table.history.compact(self.revision)
                continue
            table = self.table(entry.table)
            old = table.records.get(entry.path)
            record = Record(entry.path, entry.revision, entry.raw, msgspec.json.decode(entry.raw))
            record.forget()
            gone = entry.operation == DELETE
            event = Event("DELETED" if gone else "ADDED" if old is None else "MODIFIED", record, old)
            table.apply(event)
            table.history.append(event)
            self._live_bytes += (0 if gone else len(entry.raw)) - (len(old.raw) if old else 0)
