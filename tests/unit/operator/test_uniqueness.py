"""Which CRs hold which value at a path."""

from __future__ import annotations

from typing import Any

from orkestra.informer.cached import Cached, keep_object
from orkestra.operator.uniqueness import HeldValues

HOST = ("spec", "host")


def site(name: str, **spec: Any) -> Cached:
    obj = {"apiVersion": "v1", "kind": "Site", "metadata": {"name": name, "uid": name}, "spec": spec}
    return keep_object(obj)


def test_a_value_is_held_by_others_only() -> None:
    held, sites = HeldValues(HOST), [site("a", host="x"), site("b", host="y"), site("c", host="y"), site("d")]
    assert not held.is_held_by_another("x", "a", sites)
    assert held.is_held_by_another("x", "b", sites)
    assert held.is_held_by_another("y", "b", sites)
    assert not held.is_held_by_another("z", "d", sites)


def test_values_are_compared_as_templates_print_them() -> None:
    held = HeldValues(("spec", "port"))
    assert held.is_held_by_another("80", "b", [site("a", port=80)])


def test_changes_and_departures_are_followed() -> None:
    held, first, other = HeldValues(HOST), site("a", host="x"), site("b", host="y")
    assert held.is_held_by_another("x", "b", [first, other])
    assert not held.is_held_by_another("x", "b", [site("a", host="z"), other])
    assert held.is_held_by_another("z", "b", [first := site("a", host="z"), other])
    assert not held.is_held_by_another("z", "b", [other])
    assert held.is_held_by_another("z", "b", [first, other])


def test_each_revision_is_decoded_once(monkeypatch: Any) -> None:
    decoded: list[str] = []
    before = Cached.object

    def counting(self: Cached) -> dict[str, Any]:
        decoded.append(self.meta.name)
        return before(self)

    monkeypatch.setattr(Cached, "object", counting)
    held, sites = HeldValues(HOST), [site("a", host="x"), site("b", host="y")]
    for _ in range(3):
        held.is_held_by_another("x", "a", sites)
    held.is_held_by_another("x", "a", [sites[0], site("b", host="q")])
    assert sorted(decoded) == ["a", "b", "b"]
