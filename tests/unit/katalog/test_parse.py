from __future__ import annotations

import time

import pytest

from orkestra.katalog.diagnostics import Findings, SourceText
from orkestra.katalog.source import MapNode, ScalarNode, decode_text, parse, parse_documents, plain_value
from orkestra.katalog.source.parse import MAX_BYTES


def parsed(text: str) -> tuple[object, list[tuple[str, str]]]:
    findings = Findings()
    tree = parse(SourceText("k.yaml", text), findings)
    return (plain_value(tree) if tree else None), [(d.code, str(d.span)) for d in findings.sorted()]


def test_a_tree_keeps_the_place_and_the_written_text_of_everything() -> None:
    findings = Findings()
    tree = parse(SourceText("k.yaml", "a:\n  - b: 1.10\n    é: yes\n"), findings)
    assert isinstance(tree, MapNode)
    item = tree.get("a").items[0]  # type: ignore[union-attr]
    key, value = item.entries["é"]
    assert (str(key.span), str(value.span)) == ("3:5", "3:8")
    assert item.get("b").text == "1.10"
    assert plain_value(tree) == {"a": [{"b": 1.1, "é": True}]}
    assert not findings.sorted()


def test_keys_stay_what_is_written() -> None:
    assert parsed("on: 1\ny: 2\n8080: 3\n") == ({"on": 1, "y": 2, "8080": 3}, [])


def test_merge_keys_fill_what_the_map_leaves_open() -> None:
    text = "base: &b {a: 1, b: 2}\nmore: &m {b: 3, c: 4}\nx: {<<: [*b, *m], a: 0}\n"
    assert parsed(text)[0] == {"base": {"a": 1, "b": 2}, "more": {"b": 3, "c": 4}, "x": {"a": 0, "b": 2, "c": 4}}


def test_a_quoted_merge_key_is_an_ordinary_key() -> None:
    assert parsed('"<<": 1\n') == ({"<<": 1}, [])


@pytest.mark.parametrize("text", ["\ufeffa: 1\n", "a: 1\r\nb: 2\r\n", "# only\na: 1"])
def test_byte_order_marks_and_windows_lines_are_fine(text: str) -> None:
    findings = Findings()
    source = decode_text(text.encode(), "k.yaml", findings)
    assert parse(source, findings) is not None
    assert not findings.sorted()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", [("ORK1003", "3:1")]),
        ("a: !secret x\n", [("ORK1004", "1:4")]),
        ("a: 1\n---\nb: 2\n", [("ORK1005", "2:1")]),
        ("a: &x [*x]\n", [("ORK1007", "1:8")]),
        ("a: *nowhere\n", [("ORK1007", "1:4")]),
        ("a:\n\tb: 1\n", [("ORK1002", "2:1")]),
        ("a: [1\n", [("ORK1001", "2:1")]),
        ("a: 'x\n", [("ORK1001", "2:1")]),
        ("a: {{ .spec.x }}\n", [("ORK1012", "1:5")]),
        ("? [1]\n: 2\n", [("ORK1012", "1:3")]),
        ("?\n: 2\n", [("ORK1012", "1:2")]),
        ("a: {<<: 3}\n", [("ORK1013", "1:5")]),
        ("a: \x00\n", [("ORK1011", "1:4")]),
        ("a: \ud800\n", [("ORK1011", "1:4")]),
        ("", [("ORK1015", "1:1")]),
        ("# nothing\n", [("ORK1015", "1:1")]),
    ],
)
def test_what_is_wrong_with_yaml_is_told_with_its_place(text: str, expected: list[tuple[str, str]]) -> None:
    assert parsed(text)[1] == expected


def test_every_mistake_of_a_file_is_found_not_only_the_first() -> None:
    text = "a: 1\na: 2\nb: !x 1\nc: {d: 1, d: 2}\n"
    assert [code for code, _ in parsed(text)[1]] == ["ORK1003", "ORK1004", "ORK1003"]


def test_a_repeated_key_names_the_first() -> None:
    findings = Findings()
    parse(SourceText("k.yaml", "a: 1\na: 2\n"), findings)
    (found,) = findings.sorted()
    assert str(found.related[0].span) == "1:1"


def test_an_unquoted_template_gets_the_hint_to_quote_it() -> None:
    findings = Findings()
    parse(SourceText("k.yaml", "a: {{ .x }}\n"), findings)
    assert "quotes" in findings.sorted()[0].hint


def test_an_alias_bomb_is_refused_without_being_built() -> None:
    levels = ["l0: &l0 [x,x,x,x,x,x,x,x,x,x]"]
    levels += [f"l{n}: &l{n} [{','.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12)]
    started = time.process_time()
    assert [code for code, _ in parsed("\n".join(levels))[1]] == ["ORK1006"]
    assert time.process_time() - started < 1


@pytest.mark.parametrize("text", ["[" * 200_000, "{a: " * 200_000, "- " * 100_000])
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    started = time.process_time()
    assert [code for code, _ in parsed(text)[1]] in (["ORK1008"], ["ORK1001"])
    assert time.process_time() - started < 2


def test_depth_by_aliases_counts_too() -> None:
    levels = ["l0: &l0 [x]"] + [f"l{n}: &l{n} [*l{n - 1}]" for n in range(1, 140)]
    assert [code for code, _ in parsed("\n".join(levels))[1]] == ["ORK1008"]


def test_a_huge_file_is_refused_by_its_size() -> None:
    findings = Findings()
    assert decode_text(b"a" * (MAX_BYTES + 1), "k.yaml", findings).text == ""
    assert [d.code for d in findings.sorted()] == ["ORK1009"]


def test_bytes_that_are_not_utf8_are_placed() -> None:
    findings = Findings()
    decode_text(b"a: 1\nb: \xff\n", "k.yaml", findings)
    assert [(d.code, str(d.span)) for d in findings.sorted()] == [("ORK1010", "2:4")]


def test_utf16_is_named() -> None:
    findings = Findings()
    decode_text("a: 1".encode("utf-16"), "k.yaml", findings)
    assert "UTF-16" in findings.sorted()[0].hint


def test_several_documents_where_they_are_allowed() -> None:
    findings = Findings()
    found = parse_documents(SourceText("crd.yaml", "a: 1\n---\nb: 2\n"), findings)
    assert [plain_value(node) for node in found] == [{"a": 1}, {"b": 2}]


def test_known_tags_are_honoured() -> None:
    assert parsed("a: !!str 12\nb: ! 12\nc: !!int '12'\n") == ({"a": "12", "b": "12", "c": 12}, [])


def test_null_is_null_only_unquoted() -> None:
    findings = Findings()
    tree = parse(SourceText("k.yaml", 'a: ~\nb: ""\nc:\n'), findings)
    assert isinstance(tree, MapNode)
    nulls = {name: node.is_null for name, (_, node) in tree.entries.items() if isinstance(node, ScalarNode)}
    assert nulls == {"a": True, "b": False, "c": True}
