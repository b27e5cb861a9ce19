"""Notes as template functions, and profiles of a definition's own."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.katalog import RenderError, load_text
from orkestra.katalog.digest import box_digest
from orkestra.katalog.model import OperatorBox
from orkestra.template import DEFAULT_ENVIRONMENT
from tests.unit.katalog.compose.trees import entry, katalog

CR: dict[str, Any] = {"metadata": {"name": "a"}, "spec": {"host": "H", "size": "Big", "tags": ["x", "y"]}}


def box_of(box: str, rest: str) -> OperatorBox:
    made, found = load_text(katalog(entry("Site", box), rest=rest))
    assert made is not None, found
    assert not [f for f in found if f.severity != "note"], found
    return made.boxes[0]


def codes(box: str, rest: str) -> list[str]:
    return [f.code for f in load_text(katalog(entry("Site", box), rest=rest))[1]]


def named(expression: str, notes: str) -> Any:
    box = box_of(
        f"onReconcile: {{services: [{{port: 80, name: '{expression}'}}]}}", f"notes: {{functions: [{notes}]}}\n"
    )
    name = box.on_reconcile.entries[0].name
    assert name is not None
    return name.render({**CR, "item": "i"}, DEFAULT_ENVIRONMENT)


@pytest.mark.parametrize(
    ("call", "notes", "expected"),
    [
        ("{{ url }}", '{name: url, expression: "https://{{ .spec.host | toLower }}/"}', "https://h/"),
        ("{{ low }}", "{name: low, expression: toLower .spec.host}", "h"),
        ('{{ greet "x" "y" }}', "{name: greet, expression: 'join .args \"+\"'}", "x+y"),
        ('{{ "x" | first }}', "{name: first, expression: index .args 0}", "x"),
        ("{{ range .spec.tags }}{{ low }}{{ end }}", "{name: low, expression: toLower .spec.host}", "hh"),
        (
            "{{ outer }}",
            "{name: outer, expression: 'printf \"<%s>\" inner'}, {name: inner, expression: .spec.host}",
            "<H>",
        ),
        ("{{ len list }}", "{name: list, expression: .spec.tags}", "2"),
    ],
)
def test_notes_are_functions(call: str, notes: str, expected: str) -> None:
    assert named(call, notes) == expected


def test_what_a_note_reads_is_read_by_its_caller() -> None:
    box = box_of(
        'onReconcile: {pods: [{image: a}], services: [{port: 80, labels: {a: "{{ ip }}"}}]}',
        "notes: {functions: [{name: ip, expression: inner}, "
        '{name: inner, expression: "{{ .children.pod.status.podIP }}"}]}\n',
    )
    assert box.reads.children == {"pod"}


def test_errors_in_a_note_name_its_place() -> None:
    box = box_of(
        'onReconcile: {services: [{port: 80, labels: {a: "{{ bad }}"}}]}',
        'notes:\n  functions:\n    - {name: bad, expression: "{{ index .spec.tags 9 }}"}\n',
    )
    with pytest.raises(RenderError) as caught:
        box.on_reconcile.entries[0].fields["labels"].render(CR, DEFAULT_ENVIRONMENT)
    assert "error calling bad: katalog.yaml:13:35: " in str(caught.value)
    assert (caught.value.line, caught.value.column) == (9, 61)


def test_a_bomb_of_notes_is_bounded() -> None:
    notes = ", ".join(
        f"{{name: n{n}, expression: '{{{{ range .spec.tags }}}}{{{{ n{n + 1} }}}}{{{{ n{n + 1} }}}}{{{{ end }}}}'}}"
        for n in range(40)
    )
    with pytest.raises(RenderError, match=r"nested deeper|larger|steps"):
        named("{{ n0 }}", notes + ', {name: n40, expression: "x{{ . }}"}')


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ("{name: a, expression: b}, {name: b, expression: a}", ["ORK2024"]),
        ("{name: a, expression: .x}, {name: a, expression: .y}", ["ORK1203"]),
        ("{name: toLower, expression: .x}", ["ORK2025"]),
        ("{name: toLower, expression: .spec.x, shadow: true}", []),
        ("{name: a-b, expression: .x}", ["ORK1110"]),
        ("{name: a}", ["ORK1103"]),
        ("{name: a, expression: '{{ .x'}", ["ORK1301"]),
        ("{name: a, expression: nope .x}", ["ORK1301"]),
        ("3", ["ORK1102"]),
    ],
)
def test_notes_that_cannot_be(notes: str, expected: list[str]) -> None:
    assert codes("onReconcile: {}", f"notes: {{functions: [{notes}]}}\n") == expected


def test_the_paths_of_a_note_are_checked_where_it_is_called() -> None:
    box = 'onReconcile: {services: [{port: 80, labels: {a: "{{ who }}"}}]}'
    assert codes(box, "notes: {functions: [{name: who, expression: .item}]}\n") == ["ORK1207"]
    assert codes(box, "notes: {functions: [{name: who, expression: .cross.x.y}]}\n") == ["ORK1208"]


PROFILES = """
profiles:
  resources:
    big: {requests: {cpu: "{{ .spec.size }}"}, limits: {memory: 1Gi}}
    small: {requests: {cpu: own}}
  probes: {slow: {periodSeconds: 60}}
  containerSecurity: {tight: {runAsNonRoot: true}}
  podSecurity: {tight: {fsGroup: 1}}
  rollingUpdate: {one: {maxSurge: 1}}
  hpa: {calm: {targetCPUUtilizationPercentage: 55, scaleDown: {stabilizationWindowSeconds: 9}}}
  pdb: {half: {minAvailable: 50%}}
  networkPolicies: {web: {ingress: [{ports: [{port: 80}]}]}}
  resourceQuotas: {team: {hard: {pods: "{{ .spec.size }}"}}}
  limitRanges: {team: {limits: [{type: Pod, max: {cpu: "1"}}]}}
  reconciler: {busy: {workers: 11, resync: 7s, queue: {maxDepth: 3}}}
"""


BIG = {"requests": {"cpu": "Big"}, "limits": {"memory": "1Gi"}}
CALM = {"targetCPUUtilizationPercentage": 55, "scaleDown": {"stabilizationWindowSeconds": 9}}
SLOW = {"liveness": {"periodSeconds": 60, "port": 8}}


def field_of(box: OperatorBox, key: str) -> Any:
    value = box.on_reconcile.entries[0].fields.get(key)
    return None if value is None else value.render(CR, DEFAULT_ENVIRONMENT)


@pytest.mark.parametrize(
    ("child", "key", "expected"),
    [
        ("pods: [{image: x, resources: {profile: big}}]", "resources", BIG),
        ("pods: [{image: x, resources: {profile: BIG}}]", "resources", BIG),
        ("pods: [{image: x, resources: {profile: '{{ .spec.size }}'}}]", "resources", BIG),
        ("pods: [{image: x, resources: {profile: '{{ .spec.host }}'}}]", "resources", {"profile": "H"}),
        ("pods: [{image: x, resources: {profile: tiny}}]", "resources", {"profile": "tiny"}),
        ("pods: [{image: x, securityContext: {profile: tight}}]", "securityContext", {"runAsNonRoot": True}),
        ("pods: [{image: x, podSecurity: {profile: tight}}]", "podSecurity", {"fsGroup": 1}),
        ("deployments: [{image: x, rollingUpdate: {profile: one}}]", "rollingUpdate", {"maxSurge": 1}),
        ("deployments: [{image: x, probes: {liveness: {profile: slow, port: 8}}}]", "probes", SLOW),
        ("hpa: [{maxReplicas: 3, behavior: {profile: calm}}]", "behavior", CALM),
        ("pdb: [{behavior: {profile: half}}]", "behavior", {"minAvailable": "50%"}),
        ("networkPolicies: [{profile: web}]", "ingress", [{"ports": [{"port": 80}]}]),
        ("resourceQuotas: [{profile: team}]", "hard", {"pods": "Big"}),
        ("limitRanges: [{profile: team}]", "limits", [{"type": "Pod", "max": {"cpu": "1"}}]),
    ],
)  # fmt: skip
def test_profiles_of_ones_own(child: str, key: str, expected: Any) -> None:
    profiles = PROFILES.replace("    small: {requests: {cpu: own}}\n", "")
    assert field_of(box_of(f"onReconcile: {{{child}}}", profiles), key) == expected


def test_a_templated_profile_of_an_entry_is_chosen_for_each_cr() -> None:
    profiles = "profiles: {resourceQuotas: {big: {hard: {pods: '1'}}, h: {hard: {pods: '2'}}}}\n"
    box = box_of("onReconcile: {resourceQuotas: [{profile: '{{ .spec.size }}'}]}", profiles)
    assert (field_of(box, "hard"), field_of(box, "profile")) == ({"pods": "1"}, "")
    box = box_of("onReconcile: {resourceQuotas: [{profile: '{{ .metadata.name }}'}]}", profiles)
    assert (field_of(box, "hard"), field_of(box, "profile")) == (None, "a")


def test_a_reconciler_profile_of_ones_own() -> None:
    profiles = PROFILES.replace("    small: {requests: {cpu: own}}\n", "")
    box = box_of("reconciler: {profile: busy}", profiles)
    assert (box.workers, box.resync_seconds, box.queue.max_depth) == (11, 7.0, 3)


@pytest.mark.parametrize(
    ("profiles", "expected"),
    [
        ("resources: {small: {requests: {cpu: x}}}", ["ORK2025"]),
        ("resources: [{name: a}, {name: A}]", ["ORK1203"]),
        ("resources: [{requests: {}}]", ["ORK1103"]),
        ("resource: {a: {}}", ["ORK1101"]),
        ("resources: {a: {request: {}}}", ["ORK1101"]),
        ("resources: {a: 3}", ["ORK1102"]),
        ("resources: 3", ["ORK1102"]),
        ("pdb: {a: {minAvailable: 1, maxUnavailable: 1}}", ["ORK1106"]),
    ],
)
def test_profiles_that_cannot_be(profiles: str, expected: list[str]) -> None:
    assert codes("onReconcile: {}", f"profiles: {{{profiles}}}\n") == expected


def test_unknown_profiles_are_errors_but_for_quotas_and_policies() -> None:
    assert codes("onReconcile: {pods: [{image: x, resources: {profile: bgi}}]}", PROFILES).count("ORK1105") == 1
    assert codes("onReconcile: {resourceQuotas: [{profile: x, hard: {pods: 1}}]}", "").count("ORK2027") == 1
    assert "ORK2027" in codes("onReconcile: {networkPolicies: [{profile: x}]}", "")


def test_a_changed_note_or_profile_changes_the_box_that_uses_it() -> None:
    box = 'onReconcile: {pods: [{image: "{{ a }}", resources: {profile: "{{ .spec.size }}"}}]}'
    notes = "notes: {functions: [{name: a, expression: b}, {name: b, expression: '\"%s\"'}]}\n"
    profiles = "profiles: {resources: {big: {requests: {cpu: '%s'}}}}\n"
    digests = {
        box_digest(box_of(box, notes % note + profiles % cpu)) for note, cpu in (("x", "1"), ("y", "1"), ("x", "2"))
    }
    assert len(digests) == 3
    assert box_digest(box_of(box, notes % "x" + profiles % "1")) in digests
