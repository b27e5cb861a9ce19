"""What a process remembers of its CRs."""

from __future__ import annotations

from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import ObjectKey
from orkestra.operator.context import Memory

SHOP, BLOG = ObjectKey("a", "shop"), ObjectKey("a", "blog")
PLACE = (GVK("", "v1", "ConfigMap"), ObjectKey("a", "one"))
OTHER = (GVK("", "v1", "ConfigMap"), ObjectKey("a", "two"))


def test_a_place_wakes_those_that_wait_for_it_now() -> None:
    memory = Memory()
    memory.await_places(SHOP, [PLACE, OTHER])
    memory.await_places(BLOG, [PLACE])
    memory.await_places(SHOP, [OTHER])
    assert memory.awaited == {PLACE: {BLOG}, OTHER: {SHOP}}


def test_a_cr_that_is_gone_waits_for_nothing() -> None:
    memory = Memory()
    memory.await_places(SHOP, [PLACE])
    memory.forget(SHOP)
    assert not memory.awaited and not memory.awaiting


def test_a_place_is_listened_to_from_the_first_that_waits_to_the_last() -> None:
    told: list[tuple[object, bool]] = []
    memory = Memory(on_awaited=lambda place, is_awaited: told.append((place, is_awaited)))
    memory.await_places(SHOP, [PLACE])
    memory.await_places(BLOG, [PLACE])
    memory.forget(SHOP)
    assert told == [(PLACE, True)]
    memory.forget(BLOG)
    assert told == [(PLACE, True), (PLACE, False)]
