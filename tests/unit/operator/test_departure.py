"""``onDelete``: how it loads, what it needs to see, and what it yields."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orkestra.k8s.builtin import builtin_resource
from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.katalog import load_text, render
from orkestra.katalog.model import OperatorBox
from orkestra.operator.desired import DeletionSet, Renderer
from orkestra.operator.needs import child_needs
from orkestra.template import Environment

OWNER = ResourceInfo("demo.io", "v1", "Site", "sites", namespaced=True)
JOB, SECRET, CONFIG_MAP = GVK("batch", "v1", "Job"), GVK("", "v1", "Secret"), GVK("", "v1", "ConfigMap")
GROUPS = "groups: [{name: one, secrets: [{name: s}]}, {configMaps: [{name: c}]}]"


def text_of(on_delete: str) -> str:
    return (
        "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: t}\nspec:\n  crds:\n    site:\n"
        "      apiTypes: {group: demo.io, version: v1, kind: Site, plural: sites}\n"
        f"      operatorBox: {{onDelete: {{{on_delete}}}}}\n"
    )


def box(on_delete: str) -> OperatorBox:
    katalog, findings = load_text(text_of(on_delete))
    assert katalog is not None, render(findings)
    return katalog.boxes[0]


def stages(on_delete: str, spec: Object | None = None) -> tuple[DeletionSet, ...]:
    def resolve(gvk: GVK) -> ResourceInfo:
        found = builtin_resource(gvk)
        assert found is not None
        return found

    metadata = {"name": "shop", "namespace": "a", "uid": "u1"}
    cr: Object = {"apiVersion": "demo.io/v1", "kind": "Site", "metadata": metadata, "spec": spec or {}}
    environment = Environment(now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    return Renderer(box(on_delete), OWNER, resolve, environment).render_deletion(cr, cr)


def test_its_defaults() -> None:
    found = box("jobs: [{image: x}]").on_delete
    assert (found.ordered, found.timeout_seconds, [stage.name for stage in found.stages]) == (False, 300.0, [""])
    assert box("timeout: 90s, ordered: true").on_delete.stages == ()


def test_ordered_groups_are_stages_and_what_stands_outside_comes_first() -> None:
    found = stages(f"ordered: true, jobs: [{{image: x}}], {GROUPS}")
    assert [([j.key.name for j in s.jobs], [key.name for _, key in s.deletions]) for s in found] == [
        (["shop-job"], []),
        ([], ["s"]),
        ([], ["c"]),
    ]


def test_without_order_everything_is_done_at_once() -> None:
    (found,) = stages(f"jobs: [{{image: x}}], {GROUPS}")
    assert (len(found.jobs), found.deletions) == (1, ((SECRET, ObjectKey("a", "s")), (CONFIG_MAP, ObjectKey("a", "c"))))


def test_a_job_has_no_owner_that_could_take_it_along() -> None:
    (found,) = stages("jobs: [{image: x, args: ['{{ .spec.to }}']}]", {"to": "bucket"})
    metadata = found.jobs[0].manifest["metadata"]
    assert "ownerReferences" not in metadata
    assert metadata["labels"]["orkestra.io/owner"] == "u1"
    assert found.jobs[0].manifest["spec"]["template"]["spec"]["containers"][0]["args"] == ["bucket"]


def test_names_default_as_they_do_where_children_are_made() -> None:
    (found,) = stages("services: [{}], statefulSets: [{}], deployments: [{when: [{field: spec.x, exists: true}]}]")
    assert {key.name for _, key in found.deletions} == {"shop", "shop-svc"}


def test_a_false_condition_of_the_block_leaves_nothing_to_do() -> None:
    (found,) = stages("when: [{field: spec.x, exists: true}], jobs: [{image: x}], secrets: [{name: s}]")
    assert (found.jobs, found.deletions) == ((), ())


def test_jobs_are_read_whole_and_the_rest_by_metadata() -> None:
    needs = child_needs(box(f"jobs: [{{image: x}}], {GROUPS}"))
    assert {gvk: need.metadata_only for gvk, need in needs.items()} == {JOB: False, SECRET: True, CONFIG_MAP: True}


@pytest.mark.parametrize(
    ("on_delete", "code"),
    [
        ("secrets: [{name: s, data: {k: v}}]", "ORK1101"),
        ("jobs: [{image: x, drift: report}]", "ORK1101"),
        ("jobs: [{name: x}]", "ORK1103"),
        ("groups: [{when: []}]", "ORK1101"),
        ("timeout: never", "ORK1107"),
        ("timeout: 0s", "ORK1104"),
        ("timeout: 200y", "ORK1104"),
        ("custom: [{kind: Thing}]", "ORK1103"),
        ("jobs: [{image: x, name: '{{ .item }}'}]", "ORK1207"),
    ],
)
def test_what_is_wrong_with_it_has_a_code(on_delete: str, code: str) -> None:
    _, findings = load_text(text_of(on_delete))
    assert code in [finding.code for finding in findings]
