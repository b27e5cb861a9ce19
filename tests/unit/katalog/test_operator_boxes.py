"""From a file to the model: defaults, every part of an entry, and what is read."""

from __future__ import annotations

import pytest

from orkestra.k8s.gvk import GVK
from orkestra.katalog import load_text
from orkestra.katalog.model import Dependency, Drift, QueueSpec, Reads
from orkestra.katalog.values import Constant
from tests.unit.katalog.katalogs import HEAD, load_box


def test_defaults_are_those_of_the_contract() -> None:
    katalog, found = load_text(HEAD)
    assert not found
    assert katalog is not None
    assert (katalog.name, katalog.namespace) == ("shop", "default")
    (box,) = katalog.boxes
    assert box.gvk == GVK("shop.example.com", "v1", "Website")
    assert (box.plural, box.namespaced, box.enabled) == ("websites", None, True)
    assert (box.workers, box.resync_seconds, box.queue) == (3, 30.0, QueueSpec(0, 5))
    assert (box.has_reconciler, box.force_conflict, box.prune) == (True, None, False)
    assert (box.status.conditions, box.status.readiness, box.status.fields) == (True, "children", ())
    assert box.entries == ()


def test_kinds_that_an_entry_had_are_keys_or_types() -> None:
    katalog, found = load_text(f"{HEAD}      operatorBox: {{formerKinds: [services, g.io/v1/Widget, v1/Endpoints]}}\n")
    assert katalog is not None and not found
    assert katalog.boxes[0].former_kinds == ("services", "g.io/v1/Widget", "v1/Endpoints")
    for wrong in ("servces", "custom", "g.io/v1", "Widget", "{{ .x }}"):
        _, found = load_text(f"{HEAD}      operatorBox: {{formerKinds: '{wrong}'}}\n")
        assert [each.code for each in found] == ["ORK1105"], wrong
    made = "onReconcile: {services: [{port: 80}]}"
    _, found = load_text(f"{HEAD}      operatorBox: {{formerKinds: [services], {made}}}\n")
    assert [each.code for each in found] == ["ORK1502"]


def test_the_revision_follows_the_content() -> None:
    revisions = {load_text(text)[0].revision for text in (HEAD, HEAD, HEAD + "# note\n")}  # type: ignore[union-attr]
    assert len(revisions) == 2


def test_the_reconciler_is_read() -> None:
    box = load_box("reconciler: {default: false, workers: 8, resync: 10m, queue: {maxDepth: 9, failureThreshold: 2}}")
    assert (box.has_reconciler, box.workers, box.resync_seconds) == (False, 8, 600.0)
    assert box.queue == QueueSpec(9, 2)


def test_entries_keep_their_order_and_are_numbered_by_kind() -> None:
    box = load_box(
        """
        onCreate:
          secrets: [{name: token}]
        onReconcile:
          services: [{port: 80}]
          deployments: [{image: a}, {name: two, image: b}]
        """
    )
    assert [entry.id for entry in box.entries] == [
        "website.onCreate.secrets[0]",
        "website.onReconcile.services[0]",
        "website.onReconcile.deployments[0]",
        "website.onReconcile.deployments[1]",
    ]
    assert box.entries[1].name is None
    assert str(box.entries[3].name) == "two"
    assert str(box.entries[3].position) == "katalog.yaml:13:37"


def test_what_steers_an_entry_is_not_among_its_fields() -> None:
    box = load_box(
        """
        onCreate:
          deployments:
          - name: a
            namespace: b
            image: nginx
            reconcile: true
            forceConflict: false
            forEach: {field: spec.regions, as: region}
            drift: {ignore: [spec.replicas, 'metadata.annotations["a.b/c"]']}
            readyWhen: [{field: status.readyReplicas, equals: 1}]
            when: [{field: spec.on, exists: true}]
            or: [{field: spec.a, equals: 1}, {field: spec.b, equals: 2}]
        """
    )
    (entry,) = box.entries
    assert set(entry.fields) == {"image"}
    assert (entry.reconcile, entry.force_conflict) == (True, False)
    assert entry.for_each is not None
    assert (entry.for_each.path, entry.for_each.as_name) == (("spec", "regions"), "region")
    assert entry.drift == Drift("correct", (("spec", "replicas"), ("metadata", "annotations", "a.b/c")))
    assert entry.ready_when is not None
    assert entry.conditions is not None
    assert (len(entry.conditions.when), len(entry.conditions.any_of)) == (1, 2)


@pytest.mark.parametrize(("text", "mode"), [("correct", "correct"), ("report", "report")])
def test_drift_is_a_word_or_a_map(text: str, mode: str) -> None:
    box = load_box(f"onReconcile: {{services: [{{port: 80, drift: {text}}}]}}")
    assert box.entries[0].drift == Drift(mode)  # type: ignore[arg-type]


def test_a_custom_child_takes_its_name_from_metadata() -> None:
    box = load_box(
        "onReconcile: {custom: [{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: b, labels: {c: d}}}]}"
    )
    (entry,) = box.entries
    assert (str(entry.name), str(entry.namespace)) == ("a", "b")
    assert entry.fields["metadata"].render({}, None)["labels"] == {"c": "d"}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "dependencies"),
    [
        ("[db, cache]", [("db", "started"), ("cache", "started")]),
        ("{db: healthy}", [("db", "healthy")]),
        ("{db: {condition: healthy}, cache: {}}", [("db", "healthy"), ("cache", "started")]),
        ("{db: }", [("db", "started")]),
    ],
)
def test_dependencies_come_in_three_forms(written: str, dependencies: list[tuple[str, str]]) -> None:
    others = "".join(
        f"    {n}:\n      apiTypes: {{group: g.io, version: v1, kind: {n.title()}, plural: {n}s}}\n"
        for n in ("db", "cache")
    )
    katalog, found = load_text(HEAD + f"      dependsOn: {written}\n" + others)
    assert katalog is not None, found
    assert [(d.name, d.condition) for d in katalog.boxes[0].depends_on] == dependencies
    assert all(isinstance(d, Dependency) for d in katalog.boxes[0].depends_on)


def test_status_fields() -> None:
    box = load_box(
        """
        status:
          conditions: false
          readiness: reconcile
          fields:
          - {path: status.phase, value: Running}
          - {path: url.host, value: "{{ .spec.host }}", type: string, clearOnFalse: true, when: [{field: spec.host}]}
        """
    )
    assert (box.status.conditions, box.status.readiness) == (False, "reconcile")
    first, second = box.status.fields
    assert (first.path, first.type, first.conditions) == (("phase",), "auto", None)
    assert isinstance(first.value, Constant)
    assert (second.path, second.type, second.clear_on_false) == (("url", "host"), "string", True)


def test_a_requeue_is_a_duration_or_a_template() -> None:
    assert str(load_box("reconciler: {requeue: {after: 5m}}").requeue.after) == "5m"  # type: ignore[union-attr]
    assert load_box('reconciler: {requeue: {after: ""}}').requeue is None
    templated = load_box('reconciler: {requeue: {after: "{{ .spec.every }}", when: [{field: spec.every}]}}').requeue
    assert templated is not None
    assert templated.conditions is not None


@pytest.mark.parametrize(
    ("box", "reads"),
    [
        ("onReconcile: {services: [{port: '{{ .spec.port }}'}]}", Reads()),
        ("onReconcile: {services: [{port: '{{ .status.port }}'}]}", Reads(status=True)),
        ("when: [{field: '{{ .children.deployment.spec }}'}]", Reads(children=frozenset({"deployment"}))),
        ("when: [{field: '{{ range .children.jobs }}x{{ end }}'}]", Reads(children=frozenset({"jobs"}))),
        ("status: {fields: [{path: a, value: '{{ len .children }}'}]}", Reads(children=frozenset({"*"}))),
        ("when: [{field: status.phase, equals: x}]", Reads(status=True)),
        ("when: [{field: spec.a, equals: '{{ .health.phase }}'}]", Reads(runtime=True)),
        ("onCreate: {jobs: [{image: a, readyWhen: [{field: status.active}]}]}", Reads(children=frozenset({"jobs"}))),
    ],
)  # fmt: skip
def test_what_a_box_reads_decides_what_is_cached(box: str, reads: Reads) -> None:
    assert load_box(box).reads == reads


def test_a_template_that_takes_everything_reads_everything() -> None:
    reads = load_box("status: {fields: [{path: a, value: '{{ toJson . }}'}]}").reads
    assert reads.status
    assert "*" in reads.children


@pytest.mark.parametrize(
    "kind", ["deployments", "statefulSets", "services", "configMaps", "secrets", "serviceAccounts", "ingresses", "jobs"]
)
def test_every_kind_of_this_version_loads(kind: str) -> None:
    image = "image: nginx" if kind in ("deployments", "statefulSets", "jobs") else "name: one"
    (entry,) = load_box(f"onReconcile: {{{kind}: [{{{image}}}]}}").entries
    assert entry.kind == kind
