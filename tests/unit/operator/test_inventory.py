"""Which boxes hear of a child, where a hundred of them share one watch of its kind."""

from __future__ import annotations

import pytest

from orkestra.client.watch import ObjectMeta, OwnerReference
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import ObjectKey
from orkestra.operator import names
from orkestra.operator.inventory import owner_topics, topics_for

WEBSITES = ResourceInfo("example.com", "v2", "Website", "websites", namespaced=True)
BLOGS = ResourceInfo("example.com", "v2", "Blog", "blogs", namespaced=True)


def child(*owners: OwnerReference, **labels: str) -> ObjectMeta:
    return ObjectMeta(name="shop", namespace="a", owner_references=[*owners], labels=labels)


def owner(kind: str, *, controller: bool = True, version: str = "v1") -> OwnerReference:
    return OwnerReference(f"example.com/{version}", kind, "shop", "uid-1", controller)


def test_only_the_box_of_the_controllers_kind_hears_whatever_version_made_the_child() -> None:
    topics = {*owner_topics(child(owner("Website", version="v1beta1"), owner("Blog", controller=False)))}
    assert topics & topics_for(WEBSITES)
    assert not topics & topics_for(BLOGS)


def test_every_box_hears_of_a_child_that_names_its_cr_by_label_alone() -> None:
    topics = {*owner_topics(child(**{names.OWNER_UID_LABEL: "uid-1"}))}
    assert topics & topics_for(WEBSITES) and topics & topics_for(BLOGS)


@pytest.mark.parametrize("meta", [child(), child(owner("Website"))])
def test_a_child_can_be_waited_for_by_its_key(meta: ObjectMeta) -> None:
    assert ObjectKey("a", "shop") in owner_topics(meta)
