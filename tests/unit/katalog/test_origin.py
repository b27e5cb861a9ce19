"""A place inside a scalar's text is found again in the file, whatever the quoting."""

from __future__ import annotations

import pytest

from orkestra.katalog.diagnostics import Findings, SourceText
from orkestra.katalog.source import MapNode, Origin, ScalarNode, parse


def place_of(text: str, wanted: str) -> str:
    """Where the file shows ``wanted``, told by its offset in the scalar ``a``; as ``line:column``."""
    source = SourceText("k.yaml", text)
    tree = parse(source, Findings())
    assert isinstance(tree, MapNode)
    node = tree.get("a")
    assert isinstance(node, ScalarNode)
    before = node.text[: node.text.index(wanted)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return ":".join(map(str, Origin(node).locate(line, column)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: x {{ BAD }}\n", "1:9"),
        ('a: "x {{ BAD }}"\n', "1:10"),
        ("a: 'x {{ BAD }}'\n", "1:10"),
        ("a: 'it''s {{ BAD }}'\n", "1:14"),
        (r'a: "q\"q\n\t\x41 {{ BAD }}"' + "\n", "1:21"),
        ("a: |\n  first\n    {{ BAD }}\n", "3:8"),
        ("a: |-\n\n\n  {{ BAD }}\n", "4:6"),
        ("a: |2 # note\n   {{ BAD }}\n", "2:7"),
        ("a: >\n  one\n  two {{ BAD }}\n", "3:10"),
        ("a: >-\n  one\n\n  two\n  {{ BAD }}\n", "5:6"),
        ("a: one\n  two {{ BAD }}\n", "2:10"),
        ('a: "one\n  two \\\n  three {{ BAD }}"\n', "3:12"),
        ("é: 1\na: é {{ BAD }}\n", "2:9"),
        ("a: |\r\n  one\r\n  {{ BAD }}\r\n", "3:6"),
    ],
)
def test_a_place_in_the_text_is_found_in_the_file(text: str, expected: str) -> None:
    assert place_of(text, "BAD") == expected


def test_a_place_beyond_the_text_gives_one_inside_the_scalar() -> None:
    source = SourceText("k.yaml", "a: |\n  x\nb: 1\n")
    tree = parse(source, Findings())
    assert isinstance(tree, MapNode)
    node = tree.get("a")
    assert isinstance(node, ScalarNode)
    line, column = Origin(node).locate(99, 99)
    assert (line, column) <= (3, 1)
