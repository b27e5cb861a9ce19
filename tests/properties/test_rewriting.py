"""Rewriting changes what it means to change and nothing else, whatever the text looks like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from orkestra.katalog import load_text
from orkestra.katalog.diagnostics import Findings, SourceText
from orkestra.katalog.edits import print_outline, read_outline
from orkestra.katalog.edits.fixes import fix
from orkestra.katalog.edits.layout import arrange
from orkestra.katalog.edits.meaning import meaning_of
from orkestra.katalog.edits.migration import migrate
from orkestra.katalog.edits.outline import comments_in
from orkestra.katalog.edits.written import parse_written
from orkestra.katalog.source import ListNode, MapNode, Node
from tests.properties.yaml_texts import KATALOGS, texts

GOLDEN = [path.read_bytes().decode(errors="replace") for path in Path("tests/golden/katalog").glob("*.yaml")]


def source_of(text: str) -> SourceText:
    return SourceText("k.yaml", text)


def tree_of(text: str) -> Node | None:
    written = parse_written(source_of(text), Findings())
    return written.root if written else None


def values_in(node: Node) -> Iterator[str]:
    """The scalars that are no keys."""
    if isinstance(node, ListNode):
        for item in node.items:
            yield from values_in(item)
    elif isinstance(node, MapNode):
        for _, value in node.entries.values():
            yield from values_in(value)
    else:
        yield node.text


def comments_of(text: str) -> Counter[str]:
    outline = read_outline(source_of(text), Findings())
    assert outline is not None
    strings = [
        string for part in outline.root.walk() for string in (part.lead, part.sep, part.tail, part.foot, part.closing)
    ]
    return Counter(comment.rstrip() for string in [*strings, outline.suffix] for comment in comments_in(string))


@settings(deadline=None, max_examples=60)
@given(texts())
def test_an_outline_prints_what_was_read(text: str) -> None:
    outline = read_outline(source_of(text), Findings())
    assert (outline is None) == (tree_of(text) is None)
    assert outline is None or print_outline(outline) == text


@settings(deadline=None, max_examples=50)
@given(texts() | texts(KATALOGS))
def test_the_layout_keeps_meaning_and_comments_and_is_stable(text: str) -> None:
    tree = tree_of(text)
    arranged, reason = arrange(source_of(text), Findings())
    assert reason == ""
    if tree is None:
        assert arranged == text
        return
    after = tree_of(arranged)
    assert after is not None
    assert meaning_of(after) == meaning_of(tree)
    assert comments_of(arranged) == comments_of(text)
    assert arrange(source_of(arranged), Findings()) == (arranged, "")


@settings(deadline=None, max_examples=50)
@given(texts(KATALOGS))
def test_migrating_keeps_values_and_comments_and_is_stable(text: str) -> None:
    tree = tree_of(text)
    found = migrate(source_of(text), Findings())
    if tree is None:
        assert found.text == text
        return
    after = tree_of(found.text)
    assert after is not None
    before = Counter(values_in(tree))
    gone = {"orkestra.konductor.io/v1Alpha", "", "~", "null"}  # an older apiVersion, and nulls that became maps
    assert not set(before - Counter(values_in(after))) - gone
    assert comments_of(found.text) >= comments_of(text)
    again = migrate(source_of(found.text), Findings())
    assert (again.text, again.changes) == (found.text, ())


@settings(deadline=None, max_examples=25)
@given(texts(KATALOGS))
def test_fixing_ends_and_never_breaks_a_file(text: str) -> None:
    def judge(new: str) -> list:  # type: ignore[type-arg]
        return load_text(new, path="k.yaml")[1]

    found = fix(source_of(text), judge)
    assert tree_of(text) is None or tree_of(found.text) is not None
    assert fix(source_of(found.text), judge).text == found.text


@settings(deadline=None, max_examples=50)
@given(
    st.text(max_size=200) | st.sampled_from(GOLDEN),
    st.integers(0, 3000),
    st.text("{}[]:-#&*|>'\"\t\n ?!,a", max_size=6),
)
def test_anything_may_be_given(text: str, at: int, put: str) -> None:
    text = text[:at] + put + text[at:]
    for new in (arrange(source_of(text), Findings())[0], migrate(source_of(text), Findings()).text):
        assert tree_of(text) is not None or new == text
