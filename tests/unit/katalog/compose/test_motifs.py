"""Motifs: inputs, what they bring, nesting, and what clashes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orkestra.katalog.model import OperatorBox
from orkestra.katalog.terms import Binding
from orkestra.rules import Inputs
from orkestra.template import DEFAULT_ENVIRONMENT
from tests.unit.katalog.compose.trees import entry, findings, katalog, loaded, merged, motif, places, write

WEB = """
inputs:
  - {name: image, required: true, type: string}
  - {name: port, default: 8080, type: int}
  - {name: host, default: "{{ .metadata.name }}.example.com"}
resources:
  onCreate:
    configMaps: [{name: "{{ .metadata.name }}-once", data: {a: b}}]
  deployments:
    - {name: "{{ .metadata.name }}-web", image: "{{ .inputs.image }}", port: "{{ .inputs.port }}"}
status:
  fields: [{path: url, value: "https://{{ .inputs.host }}/"}]
"""
CR: dict[str, Any] = {"metadata": {"name": "a"}, "spec": {"image": "nginx:1"}}


def rendered(value: Any, motif_: Binding | None, box: OperatorBox) -> Any:
    return value.render(Inputs(CR, DEFAULT_ENVIRONMENT).scope_for(motif_), DEFAULT_ENVIRONMENT)


def test_a_motif_brings_children_status_fields_and_inputs(tmp_path: Path) -> None:
    write(
        tmp_path,
        web=motif(WEB),
        katalog=katalog(entry("Site", more='imports: [{motif: web.yaml, with: {image: "{{ .spec.image }}"}}]')),
    )
    box = loaded(tmp_path / "katalog.yaml").boxes[0]
    (once,), (web,) = box.on_create.entries, box.on_reconcile.entries
    assert (once.kind, web.kind) == ("configMaps", "deployments")
    assert rendered(web.fields["image"], web.motif, box) == "nginx:1"
    assert rendered(web.fields["port"], web.motif, box) == 8080
    (field,) = box.status.fields
    assert rendered(field.value, field.motif, box) == "https://a.example.com/"
    assert web.motif is once.motif


def test_nested_motifs_read_the_inputs_of_the_outer_one(tmp_path: Path) -> None:
    write(
        tmp_path,
        parts__inner=motif(
            "inputs: [{name: text}]\nresources: {configMaps: [{name: inner, data: {t: '{{ .inputs.text }}'}}]}\n",
            "inner",
        ),
        outer=motif(
            """
            inputs: [{name: word, required: true}]
            imports: [{motif: parts/inner.yaml, with: {text: "<{{ .inputs.word }}>"}}]
            """,
            "outer",
        ),
        katalog=katalog(entry("Site", more='imports: [{motif: outer.yaml, with: {word: "{{ .spec.image }}"}}]')),
    )
    box = loaded(tmp_path / "katalog.yaml").boxes[0]
    (child,) = box.on_reconcile.entries
    assert rendered(child.fields["data"], child.motif, box) == {"t": "<nginx:1>"}


def test_one_motif_twice_with_other_inputs(tmp_path: Path) -> None:
    write(
        tmp_path,
        one=motif('inputs: [{name: n}]\nresources: {services: [{name: "{{ .inputs.n }}", port: 80}]}\n'),
        katalog=katalog(
            entry("Site", more="imports: [{motif: one.yaml, with: {n: a}}, {motif: one.yaml, with: {n: b}}]")
        ),
        same=katalog(entry("Site", more="imports: [{motif: one.yaml, with: {n: a}}, {motif: one.yaml, with: {n: a}}]")),
    )
    box = loaded(tmp_path / "katalog.yaml").boxes[0]
    assert [rendered(e.name, e.motif, box) for e in box.on_reconcile.entries] == ["a", "b"]
    assert [f.code for f in findings(tmp_path / "same.yaml")] == ["ORK1203"]


def test_the_own_entry_wins_a_clash_of_names_and_the_own_field_comes_last(tmp_path: Path) -> None:
    box = """
    onReconcile: {deployments: [{name: "{{ .metadata.name }}-web", image: own}]}
    status: {fields: [{path: url, value: own}]}
    """
    write(
        tmp_path,
        web=motif(WEB),
        katalog=katalog(entry("Site", box, "imports: [{motif: web.yaml, with: {image: x}}]")),
    )
    made = loaded(tmp_path / "katalog.yaml").boxes[0]
    assert [str(e.fields["image"]) for e in made.on_reconcile.entries] == ["own"]
    assert [str(f.value) for f in made.status.fields] == ["https://{{ .inputs.host }}/", "own"]


@pytest.mark.parametrize(
    ("given", "code", "place"),
    [
        ("{}", "ORK2020", "8:41"),
        ("{image: x, prot: 3}", "ORK2021", "8:52"),
        ("{image: x, port: many}", "ORK2022", "8:58"),
        ("{image: [x]}", "ORK2022", "8:49"),
        ("[x]", "ORK1102", "8:41"),
    ],
)
def test_inputs_that_do_not_fit(tmp_path: Path, given: str, code: str, place: str) -> None:
    write(
        tmp_path,
        web=motif(WEB),
        katalog=katalog(entry("Site", more=f"imports: [{{motif: web.yaml, with: {given}}}]")),
    )
    found = [f for f in places(findings(tmp_path / "katalog.yaml")) if f[0] == code]
    assert found == [(code, "katalog.yaml", place)]


def test_two_motifs_with_one_status_path_are_an_error(tmp_path: Path) -> None:
    write(
        tmp_path,
        a=motif("status: {fields: [{path: phase, value: a}]}\n", "a"),
        b=motif("status: {fields: [{path: phase, value: b}]}\n", "b"),
        katalog=katalog(entry("Site", more="imports: [{motif: a.yaml}, {motif: b.yaml}]")),
    )
    found = findings(tmp_path / "katalog.yaml")
    assert [(f.code, f.message) for f in found] == [("ORK2023", "status.phase is written by two Motifs, a and b")]
    assert [Path(r.file).name for r in found[0].related] == ["katalog.yaml", "a.yaml", "b.yaml"]


def test_notes_and_profiles_serve_the_motifs_own_content_only(tmp_path: Path) -> None:
    web = """
    notes: {functions: [{name: shout, expression: 'toUpper .metadata.name'}]}
    profiles: {resources: {mine: {requests: {cpu: "1"}}}}
    resources:
      deployments: [{name: "{{ shout }}", image: x, resources: {profile: mine}}]
    """
    write(
        tmp_path,
        web=motif(web),
        other=motif(
            "notes: {functions: [{name: shout, expression: '\"other\"'}]}\n"
            "resources: {services: [{name: '{{ shout }}', port: 1}]}\n",
            "other",
        ),
        katalog=katalog(entry("Site", more="imports: [{motif: web.yaml}, {motif: other.yaml}]")),
        outside=katalog(
            entry(
                "Site",
                'onReconcile: {services: [{name: "{{ shout }}", port: 80}], '
                "pods: [{image: x, resources: {profile: mine}}]}",
                "imports: [{motif: web.yaml}]",
            )
        ),
    )
    box = loaded(tmp_path / "katalog.yaml").boxes[0]
    by_kind = {e.kind: e for e in box.on_reconcile.entries}
    assert rendered(by_kind["deployments"].name, by_kind["deployments"].motif, box) == "A"
    assert rendered(by_kind["services"].name, by_kind["services"].motif, box) == "other"
    assert rendered(by_kind["deployments"].fields["resources"], None, box) == {"requests": {"cpu": "1"}}
    assert [f.code for f in findings(tmp_path / "outside.yaml") if f.is_error] == ["ORK1301", "ORK1105"]


def test_at_the_top_a_motif_brings_notes_and_profiles_to_all(tmp_path: Path) -> None:
    text = katalog(entry("Site", 'onReconcile: {pods: [{name: "{{ shout }}", image: x, resources: {profile: mine}}]}'))
    write(
        tmp_path,
        lib=motif(
            "notes: {functions: [{name: shout, expression: toUpper .metadata.name}]}\n"
            "profiles: {resources: {mine: {requests: {cpu: '1'}}}}\n"
        ),
        katalog=text.replace("spec:\n", "spec:\n  imports: [{motif: lib.yaml}]\n", 1),
    )
    box = loaded(tmp_path / "katalog.yaml").boxes[0]
    (pod,) = box.on_reconcile.entries
    assert rendered(pod.name, None, box) == "A"


def test_what_is_wrong_in_a_motif_is_told_there(tmp_path: Path) -> None:
    web = """
    inputs: [{name: image}]
    resources:
      deployments: [{image: "{{ .inputs.imgae }}", replica: 3}]
    """
    write(tmp_path, web=motif(web), katalog=katalog(entry("Site", more="imports: [{motif: web.yaml}]")))
    assert places(findings(tmp_path / "katalog.yaml")) == [
        ("ORK1208", "web.yaml", "7:29"),
        ("ORK1101", "web.yaml", "7:48"),
    ]


def test_cycles_and_floods_of_motifs_are_bounded(tmp_path: Path) -> None:
    write(tmp_path, a=motif("imports: [{motif: b.yaml}]\n", "a"), b=motif("imports: [{motif: a.yaml}]\n", "b"))
    write(tmp_path, katalog=katalog(entry("Site", more="imports: [{motif: a.yaml}]")))
    assert places(findings(tmp_path / "katalog.yaml")) == [("ORK2001", "b.yaml", "4:19")]
    for n in range(12):
        write(tmp_path, **{f"m{n}": motif(f"imports: [{{motif: m{n + 1}.yaml}}, {{motif: m{n + 1}.yaml}}]\n", f"m{n}")})
    write(tmp_path, m12=motif("resources: {services: [{port: 80}]}\n", "m12"))
    write(tmp_path, katalog=katalog(entry("Site", more="imports: [{motif: m0.yaml}]")))
    assert "ORK2005" in {f.code for f in findings(tmp_path / "katalog.yaml")}


def test_a_motif_alone_is_judged(tmp_path: Path) -> None:
    write(
        tmp_path,
        good=motif(WEB),
        bad=motif("resources: {deployments: [{image: '{{ nope }}', port: [1]}]}\ninput: []\n"),
    )
    assert not [f for f in findings(tmp_path / "good.yaml") if f.is_error]
    assert [f.code for f in findings(tmp_path / "bad.yaml") if f.is_error] == ["ORK1301", "ORK1102", "ORK1101"]


def test_rules_of_a_motif_come_before_the_entrys_own(tmp_path: Path) -> None:
    write(
        tmp_path,
        web=motif("admission: {validation: {rules: [{field: spec.a, message: m, exists: true}]}}\n"),
        katalog=katalog(
            entry(
                "Site",
                more="validation: {rules: [{field: spec.b, message: o, exists: true}]}\nimports: [{motif: web.yaml}]",
            )
        ),
    )
    rules = merged(tmp_path / "katalog.yaml")["spec"]["crds"]["site"]["validation"]["rules"]
    assert [(rule["field"], "motif" in rule) for rule in rules] == [("spec.a", True), ("spec.b", False)]
