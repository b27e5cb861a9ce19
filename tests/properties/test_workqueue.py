"""The work queue against a model: a plain list that follows the rules word by word."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from orkestra.controller.backlog import HIGH_BURST, Backlog, Priority

KEYS = st.sampled_from("abcdef")
PRIORITIES = st.sampled_from(Priority)


class BacklogAgainstModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.backlog: Backlog[str] = Backlog()
        self.lanes: dict[Priority, list[str]] = {Priority.LOW: [], Priority.HIGH: []}
        self.running: set[str] = set()
        self.dirty: dict[str, Priority] = {}
        self.overtaken = 0

    def queued(self) -> list[str]:
        return self.lanes[Priority.HIGH] + self.lanes[Priority.LOW]

    @rule(key=KEYS, priority=PRIORITIES)
    def add(self, key: str, priority: Priority) -> None:
        became_ready = self.backlog.add(key, priority)
        assert became_ready == (key not in self.queued() and key not in self.running)
        if key in self.running:
            self.dirty[key] = max(priority, self.dirty.get(key, Priority.LOW))
        elif key in self.lanes[Priority.LOW] and priority is Priority.HIGH:
            self.lanes[Priority.LOW].remove(key)
            self.lanes[Priority.HIGH].append(key)
        elif key not in self.queued():
            self.lanes[priority].append(key)

    @rule()
    def pop(self) -> None:
        taken = self.backlog.pop()
        high, low = self.lanes[Priority.HIGH], self.lanes[Priority.LOW]
        if not high and not low:
            assert taken is None
            return
        from_low = not high or (bool(low) and self.overtaken >= HIGH_BURST)
        self.overtaken = self.overtaken + 1 if low and not from_low else 0
        priority = Priority.LOW if from_low else Priority.HIGH
        assert taken == (self.lanes[priority].pop(0), priority)
        self.running.add(taken[0])

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def done(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.running)))
        again = self.backlog.done(key)
        self.running.remove(key)
        assert again == (key in self.dirty)
        if again:
            self.lanes[self.dirty.pop(key)].append(key)

    @invariant()
    def counts_agree(self) -> None:
        assert len(self.backlog) == len(self.queued())
        assert self.backlog.running == len(self.running)
        for priority, lane in self.lanes.items():
            assert self.backlog.waiting(priority) == len(lane)

    @invariant()
    def nothing_waits_and_runs(self) -> None:
        assert not self.running & set(self.queued())


BacklogAgainstModel.TestCase.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestBacklogAgainstModel = BacklogAgainstModel.TestCase
