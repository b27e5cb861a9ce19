"""YAML as people write it: one tree in many layouts, with comments, blank lines, anchors and every style of scalar."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from orkestra.katalog.schema.katalog import CRD_ENTRY, KATALOG
from orkestra.katalog.schema.kinds import BY_KEY, entry_block
from orkestra.katalog.schema.operator_box import OPERATOR_BOX

WORDS = st.sampled_from(
    ["a", "b1", "no", "1.10", "{{ .spec.x }}", "it's", 'say "x"', "a: b", "# no", "x #y", "", "é", "-", "~"]
)
KEYS = st.sampled_from(
    [
        *KATALOG.fields,
        *CRD_ENTRY.fields,
        *OPERATOR_BOX.fields,
        *entry_block(BY_KEY["deployments"]).fields,
        "website",
        "other",
    ]
)
TREES = st.recursive(
    WORDS | st.none() | st.integers(0, 99) | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)
_ENTRIES = st.dictionaries(st.sampled_from(["a", "b"]), st.dictionaries(KEYS, TREES, max_size=8))
KATALOGS = st.fixed_dictionaries(
    {
        "apiVersion": st.sampled_from(["orkestra.orkspace.io/v1", "orkestra.konductor.io/v1Alpha"]),
        "kind": st.just("Katalog"),
        "spec": st.fixed_dictionaries({"crds": _ENTRIES}),
    }
)

_PLAIN = {"a", "b1", "no", "1.10", "é", "it's", 'say "x"'}
_SHORT = ["", "", "", "", " # c", "  # d: e", "\t# t"]
_ABOVE = ["", "", "", "", "\n", "# above\n", "\n# two\n", "# a\n\n# b\n"]


@st.composite
def texts(draw: st.DrawFn, trees: st.SearchStrategy[Any] = TREES) -> str:
    """One tree, written somehow."""
    tree = draw(trees.filter(lambda found: isinstance(found, dict | list) and found))
    text = draw(st.sampled_from(["", "", "---\n", "# top\n---\n", "# top\n"]))
    text += _block(draw, tree, 0) + draw(st.sampled_from(["", "# end\n", "\n\n# end\n", "\n"]))
    newline = draw(st.sampled_from(["\n", "\n", "\n", "\r\n"]))
    text = text.replace("\n", newline)
    return text if draw(st.integers(0, 4)) else text.rstrip("\r\n")


def _block(draw: st.DrawFn, tree: Any, column: int, *, is_inline: bool = False) -> str:
    """The members of a map or list with their keys at ``column``; ``is_inline``: the first right behind a dash."""
    out = ""
    members = tree.items() if isinstance(tree, dict) else ((None, item) for item in tree)
    for n, (key, value) in enumerate(members):
        if not (is_inline and n == 0):
            out += _indented(draw(st.sampled_from(_ABOVE)), column) + " " * column
        out += "-" if key is None else draw(st.sampled_from([key, key, key, f'"{key}"', f"'{key}'"])) + ":"
        out += _value(draw, value, column, is_item=key is None)
    return out


def _value(draw: st.DrawFn, value: Any, column: int, *, is_item: bool) -> str:
    is_container = isinstance(value, dict | list)
    if is_container and value and draw(st.integers(0, 3)):
        if is_item and draw(st.booleans()):
            spaces = draw(st.integers(1, 3))
            return " " * spaces + _block(draw, value, column + 1 + spaces, is_inline=True)
        step = draw(st.integers(0 if isinstance(value, list) and not is_item else 1, 4))
        anchor = draw(st.sampled_from(["", "", "", " &n"])) if not is_item else ""
        body = _block(draw, value, column + step)
        foot = _indented(draw(st.sampled_from(["", "", "# foot\n"])), column + step) if step else ""
        return anchor + draw(st.sampled_from(_SHORT)) + "\n" + body + foot
    tail = draw(st.sampled_from(_SHORT)) + "\n"
    if isinstance(value, str) and value in _PLAIN and not draw(st.integers(0, 5)):
        return draw(st.sampled_from([" |", " >-", " |+"])) + "\n" + " " * (column + 2) + value + "\n"
    if is_container:
        return " " + _flow(draw, value, column) + tail
    return " " + _scalar(draw, value, in_flow=False) + tail


def _flow(draw: st.DrawFn, value: Any, column: int) -> str:
    if not isinstance(value, dict | list):
        return _scalar(draw, value, in_flow=True)
    gap = draw(st.sampled_from(["", "", "", " ", "\n" + " " * (column + 2), " # f\n" + " " * (column + 3)]))
    members = (
        [f"{key}: {_flow(draw, item, column)}" for key, item in value.items()]
        if isinstance(value, dict)
        else [_flow(draw, item, column) for item in value]
    )
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return opening + gap + ("," + (gap or " ")).join(members) + gap + closing


def _scalar(draw: st.DrawFn, value: Any, *, in_flow: bool) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    styles = [json.dumps(value, ensure_ascii=False), "'" + value.replace("'", "''") + "'"]
    if value in _PLAIN and not (in_flow and value.startswith("say")):
        styles += [value, value]
    return draw(st.sampled_from(styles))


def _indented(lines: str, column: int) -> str:
    return "".join(" " * column + line if line.strip() else line for line in lines.splitlines(keepends=True))
