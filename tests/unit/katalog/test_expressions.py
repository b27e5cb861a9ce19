"""CEL conditions and ``cross`` are held against the schemas of what they read, as templates are."""

from __future__ import annotations

from pathlib import Path

import pytest

from orkestra.katalog import Diagnostic, load_text
from orkestra.rules import Facts, Inputs, is_met
from orkestra.template import Environment
from tests.unit.katalog.compose.trees import entry, findings, katalog, loaded, motif, write
from tests.unit.katalog.katalogs import box_codes, box_text, crd_text, load_box

CRD = crd_text(
    "sites.x.example.com",
    "Site",
    """
    spec:
      type: object
      properties:
        image: {type: string}
        replicas: {type: integer}
        tier: {type: string, enum: [web, batch]}
        size: {x-kubernetes-int-or-string: true}
        rest: {type: object, x-kubernetes-preserve-unknown-fields: true}
        labels: {type: object, additionalProperties: {type: string}}
        ports: {type: array, items: {type: object, properties: {port: {type: integer}}}}
    status: {type: object, properties: {phase: {type: string}}}
    """,
)


def judged(tmp_path: Path, box: str, others: str = "") -> list[Diagnostic]:
    """The findings of an entry of the kind Site, which has a CRD."""
    (tmp_path / "crd.yaml").write_text(CRD)
    text = katalog(f"site:\n  crdFile: crd.yaml\n  operatorBox:\n    {box}\n{others}")
    found = load_text(text, path=tmp_path / "katalog.yaml", root=tmp_path)[1]
    return [each for each in found if not each.is_unsupported]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("object.spec.replicas > 3", []),
        ("object.spec.replcias > 3", ['ORK1305 spec.replcias did you mean "replicas"?']),
        ("object.spec.ports.all(p, p.port > 3)", []),
        ("object.spec.ports.all(p, p.prot > 3)", ["ORK1411 cel: undefined field 'prot'"]),
        ("has(object.status.phse)", ['ORK1305 status.phse did you mean "phase"?']),
        ("object.spec.labels['a/b'] == 'x' && object.spec.rest.any.thing == 1", []),
        ("object.spec.size == 1 || object.spec.size == '50%'", []),
        (
            "object.spec.replicas == '3'",
            ["ORK1411 cel: found no matching overload for '_==_' applied to '(int, string)'"],
        ),
        (
            "object.spec.replicas.startsWith('3')",
            ["ORK1411 cel: found no matching overload for 'startsWith' applied to"],
        ),
        ("object.metadata.nme == 'a'", ['ORK1305 metadata.nme did you mean "name"?']),
        ("children.service.spec.type == 'a'", ["ORK1223 .children.service"]),
        ("external.user.id == 1", ["ORK1208 .external.user is not declared"]),
        ("cross.other.found == 'true'", ["ORK1208 .cross.other is not declared"]),
        ("inputs.image == 'a'", ["ORK1208 .inputs: inputs are known in a Motif only"]),
        ("item == 'a'", ["ORK1207 .item is known inside forEach only"]),
    ],
)
def test_an_expression_is_typed(tmp_path: Path, expression: str, expected: list[str]) -> None:
    found = judged(tmp_path, f'when: [{{cel: "{expression}"}}]')
    told = [f"{each.code} {each.message} {each.hint}" for each in found if each.code != "ORK1308"]
    assert len(told) == len(expected), told
    for text, wanted in zip(told, expected, strict=True):
        code, *words = wanted.split(" ", 2)
        assert text.startswith(code) and all(word in text for word in words), text


@pytest.mark.parametrize(
    ("box", "paths"),
    [
        ("when: [{cel: 'object.spec.image == \"a\"'}]", ["spec.image"]),
        ('when: [{cel: \'object.spec.image == "a" || object.spec.image == "b"\'}]', ["spec.image"]),
        ("when: [{cel: 'object.status.phase == \"a\"'}]", ["status.phase"]),
        ('when: [{cel: \'object.spec.labels["a/b"] == "a"\'}]', ["spec.labels"]),
        ("when: [{cel: 'has(object.spec.image) && object.spec.image == \"a\"'}]", []),
        ('when: [{cel: \'object.spec.?image.orValue("a") == "a"\'}]', []),
        ("when: [{field: spec.image, exists: true}, {cel: 'object.spec.image == \"a\"'}]", []),
        ("when: [{cel: 'object.metadata.name == \"a\"'}]", []),
    ],
)
def test_a_field_that_may_be_absent_makes_an_expression_fail(tmp_path: Path, box: str, paths: list[str]) -> None:
    found = judged(tmp_path, box)
    assert [each.message.split(" ")[0] for each in found] == paths
    assert all(each.code == "ORK1308" and "has(object." in each.hint for each in found)


def test_the_caret_is_under_the_path(tmp_path: Path) -> None:
    (found,) = judged(tmp_path, 'when: [{cel: "true && object.spec.replcias > 3"}]')
    assert found.quote[found.span.column - 1 : found.span.end_column - 1] == "object.spec.replcias"


def test_the_item_of_a_loop_is_known_inside_it() -> None:
    box = (
        "onReconcile: {{configMaps: [{{forEach: {{field: spec.x}}, name: '{{{{ .item }}}}', when: [{{cel: '{}'}}]}}]}}"
    )
    assert box_codes(box.format("item == index")) == []


def test_an_expression_tells_what_has_to_be_watched() -> None:
    made = "onReconcile: {deployments: [{image: a}]}"
    reads = load_box(f"when: [{{cel: 'children.deployment.status.replicas > 1 && object.spec.y == 1'}}]\n{made}").reads
    assert (reads.children, reads.status) == (frozenset({"deployment"}), False)
    assert load_box("when: [{cel: 'size(object) > 1'}]").reads.status
    assert load_box("when: [{cel: 'size(children) > 1'}]").reads.children == frozenset({"*"})


MOTIF = """
inputs: [{name: limit, type: int, default: 3}, {name: tier, required: true}]
resources:
  configMaps:
    - name: a
      when: [{cel: "object.spec.replicas > inputs.limit && inputs.tier == 'web'"}]
"""


def test_inputs_of_a_motif_are_there_in_cel(tmp_path: Path) -> None:
    use = "imports: [{motif: web.yaml, with: {tier: '{{ .spec.tier }}', limit: 5}}]"
    write(tmp_path, web=motif(MOTIF), katalog=katalog(entry("Site", "prune: true", use)))
    (child,) = loaded(tmp_path / "katalog.yaml").boxes[0].entries
    for replicas, tier, is_active in ((6, "web", True), (5, "web", False), (6, "batch", False)):
        scope = Inputs({"spec": {"replicas": replicas, "tier": tier}}, Environment()).scope_for(child.motif)
        assert is_met(child.conditions, Facts(scope, Environment())) is is_active


def test_an_input_the_motif_does_not_have_is_told(tmp_path: Path) -> None:
    use = "imports: [{motif: web.yaml, with: {tier: web}}]"
    wrong = MOTIF.replace("inputs.limit", "inputs.limt")
    write(tmp_path, web=motif(wrong), katalog=katalog(entry("Site", "prune: true", use)))
    for file in ("katalog.yaml", "web.yaml"):
        (found,) = findings(tmp_path / file)
        assert (found.code, found.message) == ("ORK1208", ".inputs.limt: web has no such input")
        assert found.hint == 'did you mean "limit"?' and found.file.endswith("web.yaml")


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ("[{name: a}, {name: a}]", "ORK1203"),
        ("[{name: a, type: int, default: eighty}]", "ORK2022"),
        ("[{name: a, type: int, default: '{{ .spec.x }}'}, {name: b, type: list, default: null}]", ""),
    ],
)
def test_the_inputs_of_a_motif_are_judged_without_whoever_gives_them(tmp_path: Path, inputs: str, code: str) -> None:
    write(tmp_path, web=motif(f"inputs: {inputs}\n"))
    assert [each.code for each in findings(tmp_path / "web.yaml")] == ([code] if code else [])


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ("resources: {configMaps: [{name: '{{ .inputs.nme }}'}]}", [".inputs.nme: web has no such input"]),
        (
            "resources: {onCreate: {configMaps: [{data: {a: '{{ .inputs.nme }}'}}]}}",
            [".inputs.nme: web has no such input"],
        ),
        ("status: {fields: [{path: a, value: '{{ .inputs.nme }}'}]}", [".inputs.nme: web has no such input"]),
        (
            "resources: {configMaps: [{when: [{field: inputs.nme, exists: true}]}]}",
            [".inputs.nme: web has no such input"],
        ),
        ("resources: {configMaps: [{name: '{{ .inputs.name }}', data: {a: '{{ index .inputs .spec.x }}'}}]}", []),
    ],
)
def test_a_motif_on_its_own_knows_its_inputs(tmp_path: Path, rest: str, told: list[str]) -> None:
    write(tmp_path, web=motif(f"inputs: [{{name: name}}]\n{rest}\n"))
    assert [each.message for each in findings(tmp_path / "web.yaml")] == told


OTHERS = """\
reader:
  apiTypes: {group: x.example.com, version: v1, kind: Reader, plural: readers}
  operatorBox:
    cross: [%s]
    onReconcile: {configMaps: [{data: {a: '{{ %s }}'}}]}
"""


@pytest.mark.parametrize(
    ("read", "path", "expected"),
    [
        ("{crd: site, selector: {name: a}}", ".cross.site.spec.image", ""),
        ("{crd: site}", ".cross.site.found", ""),
        ("{crd: site}", ".cross.site.metadata.labels.a", ""),
        ("{crd: site}", ".cross.site.health.phase", ""),
        ("{crd: site}", ".cross.site.spec.imgae", "ORK1305 image"),
        ("{crd: site, as: other}", ".cross.other.spec.imgae", "ORK1305 image"),
        ("{crd: site}", ".cross.site.stauts.phase", "ORK1305 status"),
        ("{crd: site}", ".cross.site.found.x", "ORK1305 "),
        ("{crd: site}", ".cross.site.metadata.nme", "ORK1305 name"),
        ("{crd: site, selector: {strategy: all}}", ".cross.site.spec.imgae", ""),
        ("{crd: site, source: {host: 'http://x'}}", ".cross.site.spec.imgae", ""),
        ("{crd: reader}", ".cross.reader.spec.any", ""),
        ("{crd: reader}", ".cross.reader.spce.any", "ORK1305 spec"),
    ],
)
def test_cross_is_typed_by_the_entry_it_reads(tmp_path: Path, read: str, path: str, expected: str) -> None:
    found = judged(tmp_path, "prune: true", OTHERS % (read, path))
    told = [f"{each.code} {each.hint}" for each in found]
    if not expected:
        assert told == []
        return
    code, _, near = expected.partition(" ")
    assert len(told) == 1 and told[0].startswith(code)
    assert not near or f'did you mean "{near}"?' in told[0]


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("{field: cross.site.spec.imgae, exists: true}", "ORK1305"),
        ("{field: cross.site.spec.tier, equals: wbe}", "ORK1413"),
        ("{field: cross.site.spec.image, exists: true}", ""),
        ("{cel: 'cross.site.spec.replcias > 1'}", "ORK1305"),
    ],
)
def test_conditions_on_cross_are_typed(tmp_path: Path, condition: str, code: str) -> None:
    box = OTHERS.replace("onReconcile: {configMaps: [{data: {a: '{{ %s }}'}}]}", "when: [%s]")
    found = judged(tmp_path, "prune: true", box % ("{crd: site}", condition))
    assert [each.code for each in found] == ([code] if code else [])


def test_cross_of_a_built_in_kind_is_typed_by_it() -> None:
    text = box_text("cross: [{crd: maps}]\nwhen: [{field: cross.maps.dat.a, exists: true}]")
    maps = "    maps:\n      apiTypes: {kind: ConfigMap}\n      labelSelector: {a: b}\n      operatorBox: {}\n"
    found = [each for each in load_text(text + maps)[1] if not each.is_unsupported]
    assert [(each.code, each.hint) for each in found] == [("ORK1305", 'did you mean "data"?')]


def test_an_entry_that_may_not_be_read_is_never_found() -> None:
    text = box_text("cross: [{crd: other}]")
    other = "    other:\n      apiTypes: {group: a.b, version: v1, kind: B, plural: bs}\n      crossAccess: false\n"
    (found,) = [each for each in load_text(text + other)[1] if not each.is_unsupported]
    assert found.code == "ORK1502" and ".cross.other.found is always false" in found.message
