"""Which paths an expression reads."""

from __future__ import annotations

import pytest

from orkestra.k8s.cel import chains


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("object.spec.replicas > 3", ["object.spec.replicas"]),
        ("object.spec.a == object.spec.b && has(object.spec.c)", ["object.spec.a", "object.spec.b", "object.spec.c"]),
        ('object.metadata.labels["a.b"] == "x"', ["object.metadata.labels.a.b"]),
        ("object.spec.ports[0].port > 1", ["object.spec.ports.0.port"]),
        ("object.spec.ports[index].port > 1", ["index", "object.spec.ports.*.port"]),
        ("object.spec.ports.all(x, x.port > object.spec.low)", ["object.spec.low", "object.spec.ports"]),
        ("object.spec.ports.map(x, x.port > 1, x.name).size() > 0", ["object.spec.ports"]),
        ("object.spec.items.exists(item, item.a == 1) || item.b == 2", ["item.b", "object.spec.items"]),
        ("object.?spec.?replicas.orValue(1) > 1", ["object.spec.replicas"]),
        ("object.?spec.?n.optMap(n, n + 1).orValue(index) > 1", ["index", "object.spec.n"]),
        ("[children.a, {'k': cross.b.c}].size() == 2", ["children.a", "cross.b.c"]),
        ("(object.spec).replicas > 1", ["object.spec.replicas"]),
        ("object.spec.__namespace__ == 'a'", ["object.spec.namespace"]),
        ("true", []),
    ],
)
def test_the_longest_path_of_each_variable(text: str, paths: list[str]) -> None:
    assert sorted(".".join(chain.path) for chain in chains(text)) == sorted(paths)


def test_a_path_knows_where_it_begins_and_how_far_it_goes() -> None:
    text = "true && object.spec.replicas > 3"
    (chain,) = chains(text)
    assert text[chain.offset : chain.offset + chain.width] == "object.spec.replicas"
