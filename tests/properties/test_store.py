"""Whatever happens in between, the store ends up as the server's last list says, and handlers could rebuild it."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from orkestra.client.watch import ADDED, DELETED, MODIFIED, ObjectMeta
from orkestra.informer.cached import Cached
from orkestra.informer.store import Change, Store
from orkestra.k8s.objects import ObjectKey

NAMES = "abc"
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["put", "delete", "own put", "own delete"]), st.sampled_from(NAMES)),
        st.tuples(st.sampled_from(["deliver", "bookmark", "relist", "slow relist", "answer"]), st.just("")),
    ),
    max_size=60,
)


@dataclass
class Server:
    """Truth, and a watch that lags behind it."""

    version: int = 0
    objects: dict[str, Cached] = field(default_factory=dict)
    undelivered: list[tuple[str, Cached]] = field(default_factory=list)

    def put(self, name: str) -> Cached:
        self.version += 1
        old = self.objects.get(name)
        uid = old.meta.uid if old else f"{name}-{self.version}"
        meta = ObjectMeta(name=name, uid=uid, resource_version=str(self.version), generation=self.version)
        self.objects[name] = item = Cached(meta, None)
        self.undelivered.append((MODIFIED if old else ADDED, item))
        return item

    def delete(self, name: str) -> Cached | None:
        gone = self.objects.pop(name, None)
        if gone is not None:
            self.version += 1
            meta = ObjectMeta(name=name, uid=gone.meta.uid, resource_version=str(self.version))
            self.undelivered.append((DELETED, Cached(meta, None)))
        return gone

    def listing(self) -> tuple[list[Cached], str]:
        return [*self.objects.values()], str(self.version)


class Session:
    """One run of the actions. ``told`` is what a handler knows that was told of every change."""

    def __init__(self) -> None:
        self.server, self.store = Server(), Store()
        self.told: dict[str, str] = {}
        self.answers: list[Cached] = []
        self.slow: tuple[int, list[Cached], str, int] | None = None

    def tell(self, change: Change) -> None:
        old, new = change
        if new is not None:
            self.told[new.meta.name] = new.meta.resource_version
        elif old is not None:
            self.told.pop(old.meta.name, None)

    def act(self, action: str, name: str) -> None:
        server, store = self.server, self.store
        match action:
            case "put":
                server.put(name)
            case "delete":
                server.delete(name)
            case "own put":
                self.answers.append(server.put(name))
            case "answer" if self.answers:
                self.tell(store.record_write(self.answers.pop(0)))
            case "own delete":
                if gone := server.delete(name):
                    self.tell(store.record_delete(ObjectKey("", name), gone.meta.uid))
            case "deliver" if server.undelivered:
                self.tell(store.apply_event(*server.undelivered.pop(0)))
            case "bookmark" if not server.undelivered:
                store.advance(str(server.version))
            case "relist":
                self.replace(store.begin_replace(), *server.listing(), len(server.undelivered))
            case "slow relist" if self.slow is None:
                self.slow = (store.begin_replace(), *server.listing(), len(server.undelivered))
            case "slow relist" if self.slow is not None:
                # What the watch showed meanwhile cannot be: a reflector lists or watches, never both.
                self.replace(*self.slow)

    def replace(self, began: int, items: list[Cached], version: str, skipped: int) -> None:
        for change in self.store.replace(items, version, began):
            self.tell(change)
        # The watch goes on from the list: what came before it is never delivered.
        self.server.undelivered = [
            event for event in self.server.undelivered if int(event[1].meta.resource_version) > int(version)
        ]
        self.slow = None

    def finish(self) -> None:
        if self.slow is not None:
            self.replace(*self.slow)
        while self.server.undelivered:
            self.act("deliver", "")
        while self.answers:
            self.act("answer", "")


def versions(items: list[Cached]) -> dict[str, str]:
    return {item.meta.name: item.meta.resource_version for item in items}


@settings(max_examples=400, deadline=None)
@given(ACTIONS)
def test_store_and_handlers_end_with_the_servers_last_list(actions: list[tuple[str, str]]) -> None:
    session = Session()
    for action, name in actions:
        if session.slow is not None and action in ("deliver", "bookmark", "relist"):
            continue
        session.act(action, name)
    session.finish()
    truth = versions(session.server.listing()[0])
    assert versions(session.store.list()) == truth
    assert session.told == truth


@settings(max_examples=400, deadline=None)
@given(ACTIONS)
def test_a_writer_reads_its_own_writes_until_the_watch_is_past_them(actions: list[tuple[str, str]]) -> None:
    session = Session()
    for action, name in actions:
        if session.slow is not None and action in ("deliver", "bookmark", "relist"):
            continue
        written = session.answers[0] if action == "answer" and session.answers else None
        session.act(action, name)
        if written is not None:
            found = session.store.get(ObjectKey("", written.meta.name))
            if found is not None:
                assert int(found.meta.resource_version) >= int(written.meta.resource_version) or (
                    found.meta.uid != written.meta.uid
                )
        for seen in session.store.list():
            latest = session.server.objects.get(seen.meta.name)
            if latest is not None:
                assert int(seen.meta.resource_version) <= int(latest.meta.resource_version)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["foreign", "own", "deliver"]), st.sampled_from(NAMES)), max_size=40))
def test_a_writer_hears_of_every_change_that_is_not_its_own(actions: list[tuple[str, str]]) -> None:
    """The writer's handler is told everything but its own writes and their echoes."""
    server, store = Server(), Store()
    foreign: dict[str, int] = {}
    heard: dict[str, int] = {}

    def deliver() -> None:
        _, new = store.apply_event(*server.undelivered.pop(0))
        if new is not None:
            heard[new.meta.name] = int(new.meta.resource_version)

    for action, name in actions:
        if action == "foreign":
            foreign[name] = int(server.put(name).meta.resource_version)
        elif action == "own":
            store.record_write(server.put(name))
        elif server.undelivered:
            deliver()
    while server.undelivered:
        deliver()
    for name, version in foreign.items():
        assert heard[name] >= version
