"""libyaml events -> tree. One loop without recursion; each open container is a frame on an explicit stack."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

import yaml

from orkestra.katalog.collector import paused_collector
from orkestra.katalog.diagnostics.finding import Findings, Related, SourceText, Span
from orkestra.katalog.source.nodes import ListNode, MapNode, Mark, Node, ScalarNode
from orkestra.katalog.source.scalars import resolve

MAX_BYTES = 8 << 20
MAX_DEPTH = 100
MAX_NODES = 10_000
"""Nodes that aliases may add to a file beyond what is written."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_ASCII_CONTROLS = bytes(code for code in range(128) if _CONTROL.match(chr(code)))
_TAGS = {f"tag:yaml.org,2002:{name}": name for name in ("str", "int", "float", "bool", "null", "map", "seq")}
_TAGS |= {"!": "str", "tag:yaml.org,2002:merge": "merge"}
_VALUES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
    "map": (),
    "seq": (),
}
"""What a scalar of a tag may be."""

Frame: TypeAlias = tuple[
    ListNode | MapNode | None, dict[str, tuple[ScalarNode, Node]] | None, list[Node], ScalarNode | None, str | None, int
]
"""The container around an open one with its entries or items, the key whose value that is, its anchor, and the count of
nodes before it."""


def decode_text(data: bytes, name: str, findings: Findings) -> SourceText:
    """The bytes of a file as text. A byte-order mark is dropped; bytes that are not UTF-8 are a finding."""
    if len(data) > MAX_BYTES:
        source = SourceText(name, "")
        findings.add(1009, f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read", source, Span())
        return source
    try:
        return SourceText(name, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        before = SourceText(name, data[: error.start].decode("utf-8-sig", "replace"))
        line, column = _line_and_column(before.text, len(before.text))
        hint = "save the file as UTF-8"
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            hint = "the file looks like UTF-16; " + hint
        findings.add(1010, f"byte 0x{data[error.start]:02x} is not valid UTF-8", before, Span(line, column), hint)
        return SourceText(name, "")


def parse(source: SourceText, findings: Findings) -> Node | None:
    """The one document of a file; None when there is none or it does not parse. A second document is a finding."""
    documents = TreeBuilder(source, findings, is_single=True).run()
    if not documents and not findings.has_errors:
        findings.add(1015, "the file is empty", source, Span())
    return documents[0] if documents else None


def parse_documents(source: SourceText, findings: Findings) -> list[Node]:
    """Every document of a file, up to the first that does not parse."""
    return TreeBuilder(source, findings, is_single=False).run()


class TreeBuilder:
    """State of one run: a stack of open containers, each with the key that awaits its value.

    Nodes are counted with aliases expanded; a container's size is what the count grew by while the container was open.
    """

    def __init__(self, source: SourceText, findings: Findings, *, is_single: bool) -> None:
        self.source = source
        self.findings = findings
        self.is_single = is_single
        self.documents: list[Node] = []
        self.frames: list[Frame] = []
        self.anchors: dict[str, Node | None] = {}
        self.expanded = 0
        self.is_stopped = False

    def run(self) -> list[Node]:
        text = self.source.text
        self.findings.sources[self.source.name] = self.source
        if len(text) > MAX_BYTES:
            message = f"the file has {len(text):,} characters; at most {MAX_BYTES:,} are read"
            self.findings.add(1009, message, self.source, Span())
            return []
        found = None if _is_clean(text) else _CONTROL.search(text)
        if found:
            line, column = _line_and_column(text, found.start())
            message = f"control character U+{ord(found.group()):04X} is not allowed in YAML"
            self.findings.add(1011, message, self.source, Span(line, column))
            return []
        loader = _LOADER(text)
        try:
            with paused_collector():
                self._consume(loader.get_event)
        except yaml.MarkedYAMLError as error:
            self._report_syntax(error)
        except (yaml.YAMLError, RecursionError) as error:
            self.findings.add(1001, f"the YAML does not parse: {error}", self.source, Span())
        finally:
            loader.dispose()
        return self.documents

    def _consume(self, next_event: Callable[[], Any]) -> None:
        """The loop. ``parent`` is the innermost open container, ``entries`` those of a map, ``items`` those of a list,
        ``key`` what was read of a pair; they live in local names, and what is usual is dealt with here, because this
        runs once for every scalar of the file."""
        source, frames = self.source, self.frames
        scalar, alias = yaml.ScalarEvent, yaml.AliasEvent
        mapping_start, mapping_end = yaml.MappingStartEvent, yaml.MappingEndEvent
        sequence_start, sequence_end = yaml.SequenceStartEvent, yaml.SequenceEndEvent
        parent: ListNode | MapNode | None = None
        entries: dict[str, tuple[ScalarNode, Node]] | None = None
        items = self.documents
        key: ScalarNode | None = None
        count = 0
        node: Node
        while True:
            event = next_event()
            kind = type(event)
            if kind is scalar:
                tag = self._scalar_tag(event) if event.tag else ""
                node = ScalarNode(event.value, event.style or "", tag, event.start_mark, event.end_mark, source)
                if event.anchor:
                    self.anchors[event.anchor] = node
                count += 1
                if key is None and entries is not None:
                    key = node
                    continue
            elif kind is mapping_start or kind is sequence_start:
                anchor = event.anchor
                if anchor or event.tag or len(frames) >= MAX_DEPTH:
                    self._open_unusual(event)
                    if self.is_stopped:
                        return
                count += 1
                frames.append((parent, entries, items, key, anchor, count))
                if kind is mapping_start:
                    parent = MapNode(event.start_mark, source)
                    entries = parent.entries
                else:
                    parent = ListNode(event.start_mark, source)
                    entries, items = None, parent.items
                key = None
                continue
            elif kind is mapping_end or kind is sequence_end:
                closed = parent
                assert closed is not None
                parent, entries, items, key, anchor, before = frames.pop()
                closed.end = event.end_mark
                closed.size = count - before + 1
                if kind is mapping_end and closed.merges:  # type: ignore[union-attr]
                    self._merge(closed)  # type: ignore[arg-type]
                if anchor:
                    self.anchors[anchor] = closed
                node = closed
                if parent is not None and parent.depth <= node.depth:
                    parent.depth = node.depth + 1
            elif kind is alias:
                node = self._alias(event)
                if self.is_stopped:
                    return
                count += node.size
                if parent is not None and parent.depth <= node.depth:
                    parent.depth = node.depth + 1
            elif kind is yaml.StreamEndEvent:
                return
            else:
                if kind is yaml.DocumentStartEvent:
                    self._start_document(event.start_mark)
                    if self.is_stopped:
                        return
                continue
            if entries is None:
                items.append(node)
            elif key is None:
                key = node if isinstance(node, ScalarNode) else self._reject_key(parent, node)  # type: ignore[arg-type]
            else:
                text = key.text
                if text in entries or not text or text == "<<":
                    self._attach_unusual(parent, key, node)  # type: ignore[arg-type]
                else:
                    entries[text] = (key, node)
                key = None

    def _start_document(self, mark: Mark) -> None:
        self.anchors.clear()
        if self.is_single and self.documents:
            hint = "give each document its own file"
            self._report(1005, "the file holds more than one document", mark, hint)
            self.is_stopped = True

    def _open_unusual(self, event: Any) -> None:
        """A container with a tag, with an anchor, or deep inside others."""
        if event.tag:
            self._tag(event.tag, event.start_mark)
        if len(self.frames) >= MAX_DEPTH:
            self._report(1008, f"maps and lists are nested more than {MAX_DEPTH} deep", event.start_mark)
            self.is_stopped = True
        if event.anchor:
            self.anchors[event.anchor] = None

    def _attach_unusual(self, parent: MapNode, key: ScalarNode, node: Node) -> None:
        """A pair whose key is a merge key, written twice, empty or rejected."""
        if key.text == "<<" and (key.tag == "merge" or (key.is_plain and not key.tag)):
            parent.merges.append((key, node))
        elif key.tag == "rejected":
            return
        elif key.text in parent.entries:
            first = parent.entries[key.text][0].span
            related = Related(self.source.name, first.bare, "written first here", self.source.line(first.line))
            message = f'the key "{_shorten(key.text)}" is written twice in one map'
            self.findings.add(1003, message, self.source, key.span, related=(related,))
        else:
            if key.is_null:
                self._report(1012, "a key is missing before the colon", key.start)
            parent.entries[key.text] = (key, node)

    def _reject_key(self, parent: MapNode, node: ListNode | MapNode) -> ScalarNode:
        parent.is_broken = True
        shape = "map" if isinstance(node, MapNode) else "list"
        hint = ""
        if isinstance(node, MapNode) and self.source.text[parent.start.index : parent.start.index + 2] == "{{":
            hint = 'put quotes around a template: "{{ … }}"'
        self._report(1012, f"a {shape} cannot be a key", node.start, hint)
        return ScalarNode("", "", "rejected", node.start, node.start, self.source)

    def _alias(self, event: Any) -> Node:
        mark, name = event.start_mark, event.anchor
        node = self.anchors.get(name)
        if node is None:
            what = "contains itself" if name in self.anchors else "names no anchor before it"
            self._report(1007, f"the alias *{_shorten(name)} {what}", mark)
            node = ScalarNode("", "", "", mark, event.end_mark, self.source)
        self.expanded += node.size
        if self.expanded > MAX_NODES:
            self._report(1006, f"aliases expand to more than {MAX_NODES:,} nodes", mark)
            self.is_stopped = True
        elif len(self.frames) + node.depth > MAX_DEPTH:
            self._report(1008, f"aliases nest maps and lists more than {MAX_DEPTH} deep", mark)
            self.is_stopped = True
        return node

    def _merge(self, node: MapNode) -> None:
        """Merge keys: what the map says itself wins, then earlier maps over later ones."""
        for key, value in node.merges:
            for part in value.items if isinstance(value, ListNode) else (value,):
                if not isinstance(part, MapNode):
                    self._report(1013, "<< takes a map, or a list of maps", key.start)
                    continue
                for name, entry in part.entries.items():
                    node.entries.setdefault(name, entry)
        node.merges.clear()

    def _scalar_tag(self, event: Any) -> str:
        name = self._tag(event.tag, event.start_mark)
        if name in _VALUES and type(resolve(event.value)) not in _VALUES[name]:
            message = f"the tag !!{name} does not fit the value {_shorten(event.value)}"
            self._report(1004, message, event.start_mark)
            return ""
        return name

    def _tag(self, tag: str, mark: Mark) -> str:
        name = _TAGS.get(tag)
        if name is None:
            self._report(1004, f"the tag {_shorten(tag)} is not allowed: a Katalog is plain data", mark)
            return ""
        return name

    def _report(self, number: int, message: str, mark: Mark, hint: str = "") -> None:
        at = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2)
        self.findings.add(number, message, self.source, at, hint)

    def _report_syntax(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        at = Span(mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 2) if mark else Span()
        line = self.source.line(at.line)
        if "\t" in line[: len(line) - len(line.lstrip())]:
            column = line.index("\t") + 1
            message = "a tab cannot indent YAML"
            self.findings.add(1002, message, self.source, Span(at.line, column, at.line, column + 1), "use spaces")
            return
        related = []
        if error.context_mark and error.context and error.context_mark.line + 1 != at.line:
            began = Span(error.context_mark.line + 1, error.context_mark.column + 1)
            quote = self.source.line(began.line)
            related.append(Related(self.source.name, began, str(error.context), quote))
        message = f"the YAML does not parse: {error.problem or error.context}"
        self.findings.add(1001, message, self.source, at, related=related)


def _is_clean(text: str) -> bool:
    """Whether there is no control character in a text that is ASCII, as most are; deleting them tells sooner than
    looking for one."""
    return text.isascii() and len(text.encode().translate(None, _ASCII_CONTROLS)) == len(text)


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column (from 1) of the character at ``offset``."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
