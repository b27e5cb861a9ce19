"""What is kept of an object when it arrives."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from orkestra.client.watch import decode_meta
from orkestra.informer.cached import LAST_APPLIED, Cached, keep, keep_object, trimmed
from orkestra.k8s.objects import ObjectKey

MANAGED = [{"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:spec": {"f:replicas": {}}}}]


def deployment(**metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop", "resourceVersion": "7", **metadata},
        "spec": {"replicas": 2},
    }


def kept(obj: dict[str, Any], **options: Any) -> Cached:
    raw = msgspec.json.encode(obj)
    return keep(decode_meta(raw), raw, **options)


def test_an_object_without_ballast_is_kept_byte_for_byte() -> None:
    raw = b'{"apiVersion":"apps/v1","kind":"Deployment", "metadata": {"name":"web"},  "spec":{}}'
    assert trimmed(raw) == raw


def test_managed_fields_and_last_applied_are_dropped_and_nothing_else() -> None:
    obj = deployment(managedFields=MANAGED, annotations={LAST_APPLIED: '{"spec":{}}', "team": "shop"})
    item = kept(obj)
    assert item.object() == deployment(annotations={"team": "shop"})
    assert item.meta.annotations == {"team": "shop"}


def test_annotations_go_when_last_applied_was_the_only_one() -> None:
    item = kept(deployment(annotations={LAST_APPLIED: "{}"}))
    assert item.object() == deployment()
    assert item.meta.annotations == {}


def test_a_pod_template_that_speaks_of_managed_fields_keeps_them() -> None:
    obj = deployment(managedFields=MANAGED)
    obj["spec"]["template"] = {"metadata": {"managedFields": MANAGED, "annotations": {LAST_APPLIED: "kept"}}}
    assert kept(obj).object()["spec"] == obj["spec"]


def test_strings_survive_trimming_unchanged() -> None:
    obj = deployment(managedFields=MANAGED)
    obj["spec"]["text"] = 'a "quoted" \\ back\u2028slash \U0001f600 "managedFields":[{}]'
    assert kept(obj).object()["spec"]["text"] == obj["spec"]["text"]


def test_items_of_built_in_lists_get_their_type() -> None:
    bare = deployment(managedFields=MANAGED)
    del bare["apiVersion"], bare["kind"]
    for obj in (bare, {k: v for k, v in deployment().items() if k not in ("apiVersion", "kind")}):
        item = kept(obj, api_version="apps/v1", kind="Deployment")
        assert item.object() == deployment()


def test_items_that_name_their_type_keep_it() -> None:
    late = {"metadata": {"name": "a" * 80}, "apiVersion": "example.com/v1", "kind": "Website"}
    assert kept(late, api_version="other/v1", kind="Other").object()["kind"] == "Website"


def test_each_decoding_is_a_fresh_object() -> None:
    item = kept(deployment())
    item.object()["spec"]["replicas"] = 99
    assert item.object()["spec"]["replicas"] == 2


def test_metadata_only_keeps_no_body() -> None:
    item = kept(deployment(), metadata_only=True)
    assert (item.key, item.raw) == (ObjectKey("shop", "web"), None)
    with pytest.raises(LookupError, match="shop/web"):
        item.object()


def test_the_answer_to_a_write_is_kept_like_any_other() -> None:
    obj = deployment(managedFields=MANAGED)
    assert keep_object(obj).raw == keep_object(msgspec.json.encode(obj)).raw == kept(obj).raw


def test_what_repeats_between_objects_is_shared() -> None:
    labels = {"app.kubernetes.io/part-of": "shop", "app.kubernetes.io/name": "web"}
    owner = {"apiVersion": "example.com/v1", "kind": "Website", "name": "web", "uid": "u-1", "controller": True}
    one, two = (kept(deployment(labels=labels, ownerReferences=[owner])).meta for _ in range(2))
    assert next(iter(one.labels)) is next(iter(two.labels))
    assert one.labels["app.kubernetes.io/part-of"] is two.labels["app.kubernetes.io/part-of"]
    assert one.labels["app.kubernetes.io/name"] is one.name
    assert one.owner_references[0].kind is two.owner_references[0].kind
    assert one.owner_references[0].name is one.name
    assert one.annotations is two.annotations
    assert one.owner_references[0].controller is True
