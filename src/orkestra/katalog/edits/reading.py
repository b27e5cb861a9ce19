"""Text and tree -> outline. One way through the text, each piece given to the part it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orkestra.katalog.diagnostics.finding import Findings, SourceText
from orkestra.katalog.edits.outline import ITEM, Kind, Outline, Part, kind_of
from orkestra.katalog.edits.written import Written, is_flow, parse_written
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|(?<![^ \t\r\n])#[^\n]*)*")
_TAIL = re.compile(r"[ \t]*(?:(?<=[ \t])#[^\n]*)?\r?(?:\n|\Z)")
_FLOW_GAP = re.compile(r"(?:[ \t\r\n,]|#[^\n]*)*")
_PROPERTIES = re.compile(r"(?:[&!][^ \t\r\n]*[ \t\r\n]+)*")
_ODD_BREAK = re.compile(r"\r(?!\n)|[\x85\u2028\u2029]")
_END = re.compile(r"^(?:\.\.\.|---)", re.MULTILINE)


class NotUnderstood(Exception):
    """A way of writing YAML that this reader does not take apart, such as ``? key``."""


def read_outline(source: SourceText, findings: Findings) -> Outline | None:
    """None when the file does not parse (then findings say why), or is written in a way that cannot be taken apart."""
    written = parse_written(source, findings)
    if written is None:
        return None
    try:
        return _Reader(source, written).read()
    except (NotUnderstood, RecursionError):
        return None


class _Reader:
    """``at``: all text before it has found its part. ``path``: the parts from the root to the last one read."""

    def __init__(self, source: SourceText, written: Written) -> None:
        self.source = source
        self.text = source.text
        self.written = written
        self.at = 0
        self.path: list[Part] = []

    def read(self) -> Outline:
        node = self.written.root
        start = self._after_properties(node.start.index)
        if isinstance(node, ScalarNode) or _ODD_BREAK.search(self.text):
            raise NotUnderstood
        root = Part(kind_of(node, flow=is_flow(node, start, self.text)), node)
        if root.kind.is_flow:
            root.sep = self.text[: node.start.index]
            self.path.append(root)
            self._flow(root, node)
            self._close_line(root)
        else:
            self._block(root, node, node.start.index)
        return Outline(self.source, root, self._finish())

    # Blocks

    def _block(self, part: Part, node: ListNode | MapNode, behind: int = 0) -> None:
        """``behind``: where the colon or dash before it ends."""
        self.path.append(part)
        depth = len(self.path)
        is_first = True
        for key, value in self._members(node):
            start = key.start.index if key else self._dash(max(self.at, behind))
            if start < self.at:
                raise NotUnderstood
            lead = self._open(part, start, is_first, depth)
            column = start - self.text.rfind("\n", 0, start) - 1
            if is_first:
                part.inner = column
            if column != part.inner:
                raise NotUnderstood
            is_first = False
            child = Part(Kind.LEAF, value, key, key.text if key else "", column, lead=lead)
            child.key = self.text[start : key.end.index] if key else ITEM
            self.at = start + len(child.key)
            part.parts.append(child)
            self._value(child, value, is_pair=key is not None)
        if is_first:
            raise NotUnderstood

    def _members(self, node: ListNode | MapNode) -> Iterator[tuple[ScalarNode | None, Node]]:
        if isinstance(node, MapNode):
            yield from self.written.pairs_of(node)
        else:
            yield from ((None, item) for item in node.items)

    def _dash(self, at: int) -> int:
        while True:
            at = self._skip(at)
            if self.text[at : at + 1] == ITEM:
                return at
            after = self._after_properties(at)
            if after == at:
                raise NotUnderstood
            at = after

    def _value(self, part: Part, node: Node, *, is_pair: bool) -> None:
        """What follows a key or a dash in a block."""
        begin = self.at
        if is_pair:
            at = self.at
            while self.text[at : at + 1] in (" ", "\t"):
                at += 1
            if self.text[at : at + 1] != ":":
                raise NotUnderstood
            self.at = at + 1
        start = self._skip(self.at)
        if start in self.written.aliases:
            self._leaf(part, begin, start, self.written.aliases[start])
            part.is_alias = True
        elif isinstance(node, ScalarNode):
            self._leaf(part, begin, node.start.index, self._end_of(node))
        elif node.start.index < self.at:
            raise NotUnderstood
        elif is_flow(node, self._after_properties(node.start.index), self.text):
            part.kind = kind_of(node, flow=True)
            part.sep = self.text[begin : node.start.index]
            self.at = node.start.index
            self._flow(part, node)
            self.path.append(part)
            self._close_line(part)
        else:
            part.kind = kind_of(node, flow=False)
            behind, self.at = self.at, begin
            self._block(part, node, behind)

    def _leaf(self, part: Part, begin: int, start: int, end: int) -> None:
        if start < begin:
            raise NotUnderstood
        part.sep, part.value = self.text[begin:start], self.text[start:end]
        self.at = end
        self.path.append(part)
        self._close_line(part)

    def _close_line(self, part: Part) -> None:
        if self.at and self.text[self.at - 1] == "\n" and part.value:
            return  # a block scalar ends with its last line
        found = _TAIL.match(self.text, self.at)
        if found is None:
            raise NotUnderstood
        part.tail = found.group()
        self.at = found.end()

    def _end_of(self, node: ScalarNode) -> int:
        """The end of a scalar. Blank lines below a block scalar that are none of its text are not its either."""
        end = node.end.index
        if node.style not in ("|", ">"):
            return end
        written = self.text[node.start.index : end]
        header = written[len(_PROPERTIES.match(written).group()) :].partition("\n")[0]  # type: ignore[union-attr]
        if "+" in header.partition("#")[0]:
            return end
        kept = written.rstrip(" \t\r\n")
        line_end = written.find("\n", len(kept))
        return end if line_end < 0 else node.start.index + line_end + 1

    # What stands between parts of blocks

    def _open(self, part: Part, start: int, is_first: bool, depth: int) -> str:
        """Shares out the text up to the key of a new part below ``part``; what is left is the new part's lead."""
        gap = self.text[self.at : start]
        below = gap.rfind("\n") + 1
        if gap[below:].strip(" ") and not (is_first and not below):
            raise NotUnderstood
        lines = _LINES.findall(gap[:below])
        column = len(gap) - below
        if not is_first:
            return self._share(lines, self.path[depth:], column, depth)
        if not below:
            part.sep = gap
            return ""
        kept = 1 if len(self.path) > 1 else 0
        kept = max([kept, *(n + 1 for n, line in enumerate(lines) if not _is_empty(line))])
        part.sep = "".join(lines[:kept])
        return "".join(lines[kept:])

    def _share(self, lines: list[str], closed: list[Part], column: int, depth: int) -> str:
        """Gives comment lines that are indented further than ``column`` to the ``closed`` parts they belong to."""
        taken, pending, deepest = 0, "", len(closed) - 1
        for n, line in enumerate(lines):
            indent = len(line) - len(line.lstrip(" "))
            if not line.strip():
                pending += line
                continue
            if not line.lstrip(" \t").startswith("#"):
                raise NotUnderstood
            if indent <= column:
                break
            while deepest > 0 and closed[deepest].column >= indent:
                deepest -= 1
            closed[deepest].foot += pending + line
            taken, pending = n + 1, ""
        del self.path[depth:]
        return "".join(lines[taken:])

    def _finish(self) -> str:
        rest = self.text[self.at :]
        found = _END.search(rest)
        end = found.start() if found else len(rest)
        return self._share(_LINES.findall(rest[:end]), self.path[1:], self.path[0].inner, 1) + rest[end:]

    # Flows

    def _flow(self, part: Part, node: ListNode | MapNode) -> None:
        opened = self._after_properties(node.start.index) + 1
        part.value = self.text[node.start.index : opened]
        self.at = opened
        for key, value in self._members(node):
            start = key.start.index if key else self._flow_item(value)
            lead = self.text[self.at : start]
            if start < self.at or not _FLOW_GAP.fullmatch(lead):
                raise NotUnderstood
            child = Part(Kind.LEAF, value, key, key.text if key else "", lead=lead)
            child.column = start - self.text.rfind("\n", 0, start) - 1
            part.parts.append(child)
            self.at = start
            if key:
                child.key = self.text[start : key.end.index]
                self.at = key.end.index
                colon = self._skip(self.at)
                if self.text[colon] != ":":
                    continue  # a key alone
                self.at = colon + 1
            self._flow_value(child, value, start + len(child.key))
        part.closing = self.text[self.at : node.end.index]
        if not _FLOW_GAP.fullmatch(part.closing[:-1]):
            raise NotUnderstood
        self.at = node.end.index

    def _flow_item(self, value: Node) -> int:
        found = _FLOW_GAP.match(self.text, self.at)
        start = found.end() if found else self.at
        return start if start in self.written.aliases else value.start.index

    def _flow_value(self, part: Part, node: Node, begin: int) -> None:
        start = self._skip(self.at)
        if start in self.written.aliases:
            part.is_alias = True
            end = self.written.aliases[start]
        else:
            start, end = node.start.index, node.end.index
            if start < begin:
                raise NotUnderstood
            if not isinstance(node, ScalarNode) and is_flow(node, self._after_properties(start), self.text):
                part.kind = kind_of(node, flow=True)
                part.sep = self.text[begin:start]
                self._flow(part, node)
                return
        part.sep, part.value = self.text[begin:start], self.text[start:end]
        self.at = end

    def _skip(self, at: int) -> int:
        """The next character that is neither white space nor comment."""
        found = _BLANK.match(self.text, at)
        return found.end() if found else at

    def _after_properties(self, at: int) -> int:
        found = _PROPERTIES.match(self.text, at)
        return found.end() if found else at


def _is_empty(line: str) -> bool:
    return not line.strip() or line.lstrip(" \t").startswith("#")
