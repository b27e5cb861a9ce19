"""Who is told of a change: a hundred parties may share one watch, and each event concerns one or two of them.

A party without an interest hears everything. One with an interest names topics, and hears of the changes whose old or
new object has one of them: what a change costs does not grow with the number of parties.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import NamedTuple

from orkestra.client.watch import ObjectMeta
from orkestra.informer.cached import Cached

Handler = Callable[[Cached | None, Cached | None], None]
"""Told of each change as (old, new), None for absent. Quick and synchronous: it queues a key, no more."""

Topics = Callable[[ObjectMeta], Iterable[Hashable]]
"""Metadata -> the topics of an object. One function for all parties of a watch: each of several is asked in turn."""


class Interest(NamedTuple):
    """Changes of objects for which ``topics_of`` yields one of ``topics``."""

    topics_of: Topics
    topics: frozenset[Hashable]


class Registration:
    """One handler of an informer; hand it to ``remove_handler``, or to ``record_write`` as the writer."""

    __slots__ = ("handler", "interest", "is_initial")

    def __init__(self, handler: Handler, interest: Interest | None = None) -> None:
        self.handler = handler
        self.interest = interest
        self.is_initial = False
        """True while the handler is told what was there before: the first list, or a late handler's catching up."""


class Audience:
    """The registrations of one informer. Those without an interest are told first, then in order of registration."""

    def __init__(self) -> None:
        self._members: dict[Registration, None] = {}
        self._all: dict[Registration, None] = {}
        self._by_topic: dict[Topics, dict[Hashable, dict[Registration, None]]] = {}

    def __iter__(self) -> Iterator[Registration]:
        return iter(self._members)

    def __contains__(self, registration: Registration) -> bool:
        return registration in self._members

    def add(self, registration: Registration) -> None:
        self._members[registration] = None
        interest = registration.interest
        if interest is None:
            self._all[registration] = None
            return
        for topic in interest.topics:
            self.listen(registration, topic)

    def remove(self, registration: Registration) -> None:
        """Unknown ones are ignored."""
        self._members.pop(registration, None)
        self._all.pop(registration, None)
        for parties in self._by_topic.values():
            for topic in [topic for topic, heard in parties.items() if registration in heard]:
                _leave(parties, topic, registration)

    def listen(self, registration: Registration, topic: Hashable) -> None:
        """One topic more. A party without an interest hears everything anyway."""
        if registration.interest is not None:
            parties = self._by_topic.setdefault(registration.interest.topics_of, {})
            parties.setdefault(topic, {})[registration] = None

    def unlisten(self, registration: Registration, topic: Hashable) -> None:
        """One of the topics added by ``listen`` less."""
        interest = registration.interest
        if interest is not None and topic not in interest.topics:
            _leave(self._by_topic.get(interest.topics_of, {}), topic, registration)

    def concerned(self, old: Cached | None, new: Cached | None) -> list[Registration]:
        """Each once. A handler may leave or come while they are told: this is a list of its own."""
        found = dict(self._all)
        for topics_of, parties in self._by_topic.items():
            for item in (old, new):
                if item is not None:
                    for topic in topics_of(item.meta):
                        if topic in parties:
                            found.update(parties[topic])
        return [*found]


def _leave(parties: dict[Hashable, dict[Registration, None]], topic: Hashable, registration: Registration) -> None:
    heard = parties.get(topic)
    if heard is not None:
        heard.pop(registration, None)
        if not heard:
            del parties[topic]
