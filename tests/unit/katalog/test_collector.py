"""What loading leaves behind: nothing for the garbage collector."""

from __future__ import annotations

import gc

import pytest

from orkestra.katalog import load_text
from orkestra.katalog.collector import paused_collector
from orkestra.katalog.source import MapNode

GOOD = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop}
spec:
  crds:
    website:
      apiTypes: {group: shop.example.com, version: v1, kind: Website, plural: websites}
      operatorBox:
        onReconcile:
          services:
            - name: "{{ .metadata.name | toLower }}-{{ .zone }}"
              forEach: {field: spec.zones, as: zone}
              port: "{{ .spec.port }}"
        status:
          fields: [{path: phase, value: Ready, when: [{field: spec.port, greaterThan: 0}]}]
"""


def trees() -> int:
    return sum(isinstance(each, MapNode) for each in gc.get_objects())


@pytest.mark.parametrize(
    "text",
    [GOOD, GOOD.replace("toLower", "toLowr"), GOOD.replace(".spec.port", ".Spec.port"), GOOD.replace("port:", "pord:")],
    ids=["good", "no such function", "no such root", "no such key"],
)
def test_a_tree_goes_with_its_last_reference(text: str) -> None:
    load_text(text)
    gc.collect()
    before = trees()
    with paused_collector():
        load_text(text)
        assert trees() == before


def test_the_collector_is_as_it_was_found() -> None:
    load_text(GOOD)
    assert gc.isenabled()
    with paused_collector():
        load_text(GOOD)
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), paused_collector():
        raise ZeroDivisionError
    assert gc.isenabled()
