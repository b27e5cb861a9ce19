"""A tree woven of two files: what is wrong in a part is told where that part was written."""

from __future__ import annotations

import pytest

from orkestra.katalog.diagnostics import Diagnostic, Findings, SourceText
from orkestra.katalog.schema.blocks import Block, Field
from orkestra.katalog.schema.containers import ListOf
from orkestra.katalog.schema.decoder import Decoder, Language
from orkestra.katalog.schema.scalars import Int
from orkestra.katalog.schema.shared import TEXT
from orkestra.katalog.source import MapNode, parse
from orkestra.katalog.values import TemplateValue
from orkestra.template.functions import builtin_functions

TABLE = Block(
    "a map",
    (
        Field("own", Int()),
        Field("part", Block("a part", (Field("n", Int()), Field("many", ListOf(TEXT))))),
        Field("text", TEXT),
    ),
)


def woven(entry: str, part: str) -> tuple[list[Diagnostic], object, Decoder, MapNode]:
    findings = Findings()
    source = SourceText("entry.yaml", entry)
    tree = parse(source, findings)
    other = parse(SourceText("part.yaml", part), findings)
    assert isinstance(tree, MapNode)
    assert isinstance(other, MapNode)
    for key, (_, value) in other.entries.items():
        tree.entries[key] = (tree.entries[key][0], value)
    decoder = Decoder(source, findings, Language(builtin_functions()))
    decoded = TABLE.decode(tree, decoder, "")
    return findings.sorted(), decoded, decoder, tree


def test_findings_name_and_quote_the_file_of_the_node() -> None:
    found, *_ = woven("own: x\npart: 1\n", "# here\npart:\n  n: many\n")
    assert [(f.file, str(f.span), f.quote) for f in found] == [
        ("entry.yaml", "1:6", "own: x"),
        ("part.yaml", "3:6", "  n: many"),
    ]
    assert found[1].span.file == ""


def test_positions_related_places_and_templates_do_too() -> None:
    found, decoded, decoder, tree = woven("text: 1\n", 'text: "{{ .metadata.name"\n')
    assert [(f.code, f.file) for f in found] == [("ORK1301", "part.yaml")]
    node = tree.get("text")
    assert node is not None
    assert str(decoder.position(node)) == "part.yaml:1:7"
    assert decoder.related(node.span, "x").quote == 'text: "{{ .metadata.name"'
    found, decoded, decoder, tree = woven("text: 1\n", '# far\ntext: "{{ .spec.a }}"\n')
    assert not found
    value = decoded["text"]  # type: ignore[index]
    assert isinstance(value, TemplateValue)
    assert value.origin.span_at(1, 4).file == "part.yaml"


def test_a_table_names_each_row_once() -> None:
    with pytest.raises(ValueError, match="a thing: a row stands twice"):
        Block("a thing", (Field("n", Int()), Field("n", TEXT)))
