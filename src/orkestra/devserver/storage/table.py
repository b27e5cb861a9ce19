"""All objects of one resource in key order, now and at earlier revisions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator

from orkestra.devserver.storage.history import History
from orkestra.devserver.storage.records import Event, Record, TableKey
from orkestra.k8s.errors import Expired

Listener = Callable[[], None]


class Table:
    """Reads are plain; only the store writes (``apply``). ``listeners`` are told after each commit to this table."""

    def __init__(self, key: TableKey, history_limit: int, floor: int) -> None:
        self.key = key
        self.records: dict[str, Record] = {}
        self._order: list[str] = []
        self.history = History(history_limit, floor)
        self.listeners: set[Listener] = set()
        self.is_closed = False

    def __len__(self) -> int:
        return len(self.records)

    def get(self, path: str) -> Record | None:
        return self.records.get(path)

    def apply(self, event: Event) -> None:
        path = event.record.path
        if event.type == "DELETED":
            if self.records.pop(path, None) is not None:
                del self._order[bisect_left(self._order, path)]
        else:
            if path not in self.records:
                if self._order and path < self._order[-1]:
                    insort(self._order, path)
                else:
                    self._order.append(path)
            self.records[path] = event.record

    def scan(self, namespace: str = "", after: str = "") -> Iterator[Record]:
        """Current records in key order: of one namespace or of all, later than path ``after``."""
        first, last = self._range(namespace, after)
        records = self.records
        for path in self._order[first:last]:
            yield records[path]

    def at(self, revision: int, namespace: str = "", after: str = "") -> Iterator[Record]:
        """The records as they were at ``revision``. Raises Expired where the history no longer reaches back."""
        events = self.history.after(revision)
        if events is None:
            raise Expired("The resourceVersion for the provided list is too old.")
        if not events:
            return self.scan(namespace, after)
        return self._rewound(events, namespace, after)

    def close(self) -> None:
        """The resource is no longer served: watches on it end."""
        self.is_closed = True
        self.wake()

    def wake(self) -> None:
        for listener in tuple(self.listeners):
            listener()

    def _rewound(self, events: list[Event], namespace: str, after: str) -> Iterator[Record]:
        undone: dict[str, Record | None] = {}
        for event in reversed(events):
            undone[event.record.path] = event.old
        first, last = self._range(namespace, after)
        prefix = f"{namespace}/" if namespace else ""
        paths = {path for path in undone if path > after and path.startswith(prefix)}
        for path in sorted(paths.union(self._order[first:last])):
            record = undone[path] if path in undone else self.records[path]
            if record is not None:
                yield record

    def _range(self, namespace: str, after: str) -> tuple[int, int]:
        order = self._order
        first, last = 0, len(order)
        if namespace:
            # "0" is the character after "/": everything that starts with "namespace/" sorts in between.
            first, last = bisect_left(order, f"{namespace}/"), bisect_left(order, f"{namespace}0")
        if after:
            first = max(first, bisect_right(order, after))
        return first, last
