"""The canonical layout of a file.

Two columns a level, lists below their key indented too; one space behind a colon, two before a comment; no two blank
lines, and none where a map or list begins; flows on one line of at most ``WIDTH`` columns, else as blocks; templates in
double quotes where nothing in them needs escaping; the fields of a block in the order of its table, where their order
has no meaning and no anchor could come to stand behind its alias. Everything else stays as it is written.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from orkestra.katalog.diagnostics.finding import Findings, SourceText
from orkestra.katalog.edits import surgery
from orkestra.katalog.edits.meaning import meaning_of
from orkestra.katalog.edits.mending import quoted
from orkestra.katalog.edits.ordering import order_parts, tables_of
from orkestra.katalog.edits.outline import ITEM, STEP, Kind, Outline, Part, comments_in
from orkestra.katalog.edits.printing import flow_text, print_outline
from orkestra.katalog.edits.reading import read_outline
from orkestra.katalog.schema.blocks import Block
from orkestra.katalog.source.nodes import ScalarNode

WIDTH: Final = 120
_MOST_ROUNDS: Final = 5
_WOULD_CHANGE: Final = "its layout cannot be changed without changing what it says"
_PROPERTIES = re.compile(r"(?:[&!][^ \t\r\n]*[ \t]+)*")
_CHOMPING = re.compile(r"^((?:[&!][^ \t\r\n]*[ \t]+)*)([|>])[-+]?([1-9]?)[-+]?")
_HEADER = re.compile(r"(?:[ \t]*:)?[ \t]*(?P<properties>(?:[&!][^ \t\r\n]+[ \t]*)*)(?P<comment>#[^\r\n]*)?\r?\n")


def arrange(source: SourceText, findings: Findings) -> tuple[str, str]:
    """(the text in its canonical layout, ""), or (the text as it is, why it stays).

    A file that does not parse stays; ``findings`` say why. What comes out means what went in and has the same comments,
    or does not come out.
    """
    text, meaning, comments = source.text, None, None
    for _ in range(_MOST_ROUNDS):
        outline = read_outline(SourceText(source.name, text), findings)
        if outline is None and text == source.text:
            return text, "" if findings.has_errors else "it writes YAML in a way that is not taken apart here"
        if outline is None:
            return source.text, _WOULD_CHANGE
        if outline.root.kind.is_flow:
            return source.text, ""
        if meaning is None:
            meaning, comments = meaning_of(outline.root.node), _comments_of(outline)
        elif meaning_of(outline.root.node) != meaning or _comments_of(outline) != comments:
            return source.text, _WOULD_CHANGE
        _Layout(outline, tables_of(outline.root)).run()
        arranged = print_outline(outline)
        if arranged == text:
            return text, ""
        text = arranged
    return source.text, "its layout does not come to rest"


def _comments_of(outline: Outline) -> Counter[str]:
    found = Counter(comment.rstrip() for part in outline.root.walk() for comment in surgery.comment_lines(part))
    found.update(comment.rstrip() for comment in comments_in(outline.suffix))
    return found


class _Layout:
    """``tables``: the block each map is read with, by the id of its part."""

    def __init__(self, outline: Outline, tables: Mapping[int, Block]) -> None:
        self.outline = outline
        self.newline = outline.newline
        self.tables = tables

    def run(self) -> None:
        root = self.outline.root
        root.inner = 0
        root.sep = "".join(line.rstrip() + self.newline for line in root.sep.splitlines() if line.strip())
        self.container(root, -STEP, [root])
        for part in [part for part in root.walk() if not part.parts][:-1]:
            self.end(part)
        self.outline.suffix = self.suffix()

    def suffix(self) -> str:
        """What follows everything, without blank lines at its end."""
        lines = self.comments(self.outline.suffix, 0)
        return lines[: len(lines.rstrip())] + self.newline if lines.strip() else ""

    # Blocks

    def container(self, part: Part, column: int, path: list[Part]) -> None:
        """The parts of a block whose own key stands at ``column``."""
        if part.key or column >= 0:
            part.inner = part.column + STEP
        order_parts(part, self.tables.get(id(part)))
        for n, child in enumerate(part.parts):
            self.block_part(child, column + STEP, [*path, child], is_first=n == 0)

    def block_part(self, part: Part, column: int, path: list[Part], *, is_first: bool) -> None:
        part.lead = self.comments(part.lead, part.column, is_first=is_first)
        part.foot = self.foot(part)
        if part.kind.is_flow:
            self.flow(part, column, path)
        if part.kind is Kind.LEAF or part.kind.is_flow:
            self.line(part)
            return
        self.header(part)
        self.container(part, column, path)

    def header(self, part: Part) -> None:
        """What stands between a key or dash and the first part below it."""
        found = _HEADER.fullmatch(part.sep)
        colon = "" if part.key == ITEM else ":"
        if found is None:
            if part.key == ITEM and not part.sep.strip(" "):
                part.sep = " "
            return
        properties, comment = found["properties"].strip(), found["comment"]
        if part.key == ITEM and not properties:
            part.lead += f"{' ' * part.column}{comment.rstrip()}{self.newline}" if comment else ""
            part.sep = " "
            return
        words = f" {properties}" if properties else ""
        part.sep = colon + words + (f"  {comment.rstrip()}" if comment else "") + self.newline

    def line(self, part: Part) -> None:
        """A scalar, alias or flow, with its key and what follows it on its line."""
        if not comments_in(part.sep):
            part.sep = ("" if part.key == ITEM else ":") + (" " if part.value else "")
        if part.kind is Kind.LEAF:
            self.scalar(part)
        comment = part.tail.strip()
        is_block_scalar = isinstance(part.node, ScalarNode) and part.node.style in ("|", ">") and not part.is_alias
        if not is_block_scalar:
            part.tail = (f"  {comment}" if comment else "") + self.newline

    def scalar(self, part: Part) -> None:
        node = part.node
        if part.is_alias or not isinstance(node, ScalarNode) or node.style in ("|", ">"):
            return
        is_plain_text = node.text.isprintable() and "\n" not in part.value
        if "{{" in node.text and is_plain_text and not node.tag:
            found = _PROPERTIES.match(part.value)
            part.value = (found.group() if found else "") + quoted(node.text)

    def end(self, part: Part) -> None:
        """A block scalar at the end of a file without a line end has none either; now that something follows it, it
        has to say so."""
        node = part.node
        if isinstance(node, ScalarNode) and node.style in ("|", ">") and node.text and not part.value.endswith("\n"):
            part.value = _CHOMPING.sub(r"\1\2\3-", part.value, count=1) + self.newline

    # Comments

    def comments(self, lines: str, column: int, *, is_first: bool = False) -> str:
        """Comment lines at ``column``, blank lines between them at most one at a time."""
        out: list[str] = []
        for line in lines.splitlines():
            text = line.strip()
            if text:
                out.append(" " * column + text + self.newline)
            elif (out or not is_first) and (not out or out[-1] != self.newline):
                out.append(self.newline)
        return "".join(out)

    def foot(self, part: Part) -> str:
        """Comments below a part, one step further in than its key: they are about what is in it."""
        lines: list[str] = []
        for line in part.foot.splitlines():
            text = line.strip()
            if text or not lines or lines[-1] != self.newline:
                lines.append((" " * (part.column + STEP) + text if text else "") + self.newline)
        return "".join(lines)

    # Flows

    def flow(self, part: Part, column: int, path: list[Part]) -> None:
        """One line, or a block where that is too long or cannot hold its comments."""
        if _has_long_text(part):
            return
        has_comments = any(comments_in(gap) for gap in surgery.gaps(part))
        if has_comments and not part.parts:
            return
        if not has_comments:
            order_flow(part, self.tables)
            self.restate(part)
            width = column + len(part.key) + len(flow_text(part)) + 2
            if width <= WIDTH or not part.parts:
                return
        surgery.make_block(path, self.newline)
        self.header(part)
        self.container(part, column, path)

    def restate(self, part: Part) -> None:
        part.is_restated = True
        found = _PROPERTIES.match(part.value)
        part.value = (found.group() if found else "") + part.value[-1:]
        for child in part.parts:
            child.lead = ""
            if child.kind.is_flow:
                self.restate(child)
            else:
                self.scalar(child)


def _has_long_text(part: Part) -> bool:
    """A key or scalar of several lines is in the flow."""
    if part.kind.is_flow:
        return any("\n" in child.key or _has_long_text(child) for child in part.parts)
    return "\n" in part.value


def order_flow(part: Part, tables: Mapping[int, Block]) -> None:
    for child in part.walk():
        if child.kind is Kind.FLOW_MAP:
            order_parts(child, tables.get(id(child)))
