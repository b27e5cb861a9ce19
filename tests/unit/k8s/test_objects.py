from __future__ import annotations

from typing import Any

import pytest

from orkestra.k8s import objects
from orkestra.k8s.objects import ObjectKey, get_path, key_of

POD = {
    "metadata": {
        "name": "p",
        "namespace": "n",
        "uid": "u",
        "resourceVersion": "7",
        "generation": 2,
        "labels": {"a": "b"},
        "annotations": {"c": "d"},
        "finalizers": ["e/f"],
        "deletionTimestamp": "2026-01-01T00:00:00Z",
    }
}


def test_accessors_read_metadata() -> None:
    assert key_of(POD) == ObjectKey("n", "p")
    assert (str(key_of(POD)), str(ObjectKey("", "p"))) == ("n/p", "p")
    assert (objects.uid_of(POD), objects.resource_version_of(POD), objects.generation_of(POD)) == ("u", "7", 2)
    assert objects.labels_of(POD) == {"a": "b"}
    assert objects.annotations_of(POD) == {"c": "d"}
    assert objects.finalizers_of(POD) == ["e/f"]
    assert objects.is_terminating(POD)


@pytest.mark.parametrize("malformed", [{}, {"metadata": None}, {"metadata": "x"}, {"metadata": {"labels": []}}])
def test_accessors_survive_malformed_objects(malformed: dict[str, Any]) -> None:
    assert key_of(malformed) == ObjectKey("", "")
    assert objects.labels_of(malformed) == objects.annotations_of(malformed) == {}
    assert list(objects.finalizers_of(malformed)) == []
    assert objects.generation_of(malformed) == 0
    assert not objects.is_terminating(malformed)


def test_get_path_stops_where_there_is_no_map() -> None:
    assert get_path(POD, ("metadata", "labels", "a")) == "b"
    assert get_path(POD, ("metadata", "name", "x"), "none") == "none"
    assert get_path(POD, ("spec",)) is None
