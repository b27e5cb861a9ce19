"""Taking parts out of an outline and putting them in elsewhere, between blocks and flows.

A part that was taken out is loose: it prints as a block's part at its own column. Ancestors are given as a path, the
root first and the container last, because a flow that can no longer be one takes its enclosing flows with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from orkestra.katalog.edits.meaning import scalar
from orkestra.katalog.edits.outline import ITEM, STEP, Kind, Part, comments_in
from orkestra.katalog.edits.printing import shift
from orkestra.katalog.source.nodes import ListNode, MapNode

_FOLD = re.compile(r"\r?\n[ \t]*")
_PLAIN_IN_FLOW = re.compile(r"[^,\[\]{}\n#]*")
_OPENING = re.compile(r"[\[{]$")

Path = Sequence[Part]


def take(path: Path, part: Part, newline: str) -> Part:
    """Takes ``part`` out of the last of ``path`` and gives it back loose."""
    container = path[-1]
    was_flow = container.kind.is_flow
    if was_flow:
        _restate(path, newline)
    container.parts.remove(part)
    if container.kind.is_flow:
        _loosen(part, newline)
    return part


def put(path: Path, at: int, part: Part, newline: str) -> None:
    """Puts a loose part into the last of ``path``, before its part number ``at``."""
    container = path[-1]
    if container.kind.is_flow and _fits(part):
        _restate(path, newline)
    elif container.kind.is_flow:
        make_block(path, newline)
    if container.kind.is_flow:
        part.lead = part.tail = part.foot = ""
        part.key = "" if container.kind.is_list else part.key
        part.sep = "" if container.kind.is_list else ": "
    elif container.kind is Kind.LIST:
        part.key = ITEM
        part.sep = part.sep if part.sep.startswith(" ") else " "
    if not container.parts:
        part.lead = part.lead.lstrip("\r\n")
    container.parts.insert(at, part)


def rename(part: Part, name: str) -> None:
    """Gives a pair another key, in the quotes it has."""
    assert part.key_node is not None
    quote = part.key[-1] if part.key[-1:] in ("'", '"') else ""
    part.key = quote + name + quote
    part.name = name
    part.key_node = scalar(name, part.key_node, style=quote)


def set_text(part: Part, text: str, source: str) -> None:
    """Makes a leaf the scalar ``text``, written as ``source``; its anchor stays."""
    anchor = re.match(r"(?:[&!][^ \t\r\n]*[ \t]+)*", part.value)
    part.value = (anchor.group() if anchor else "") + source
    part.node = scalar(text, part.node, style=source[0] if source[:1] in ("'", '"') else "")


def new_map(name: str, container: Part, newline: str) -> Part:
    """An empty map to be put into ``container`` under the key ``name``; something must be put into it then."""
    like = container.node
    node = MapNode(like.start, like.source)
    part = Part(Kind.MAP, node, scalar(name, like), name, key=name)
    if container.kind.is_flow:
        part.kind, part.sep, part.value, part.closing, part.is_restated = Kind.FLOW_MAP, ": ", "{", "}", True
    else:
        part.column = max(container.inner, 0)
        part.inner = part.column + STEP
        part.sep = ":" + newline
    return part


def empty(path: Path, newline: str, *, as_map: bool) -> list[Part]:
    """Makes the last of ``path`` an empty map or list, and gives back, loose, what was in it."""
    part = path[-1]
    if part.kind.is_flow and not part.parts:  # it stays as it is written, comments and all, in other brackets
        part.kind = Kind.FLOW_MAP if as_map else Kind.FLOW_LIST
        part.node = (MapNode if as_map else ListNode)(part.node.start, part.node.source)
        part.value = part.value[:-1] + ("{" if as_map else "[")
        part.closing = part.closing[:-1] + ("}" if as_map else "]")
        return []
    if part.kind.is_flow:
        _restate(path, newline)
    parts, part.parts = part.parts, []
    part.node = (MapNode if as_map else ListNode)(part.node.start, part.node.source)
    if part.kind.is_flow:
        for child in parts:
            _loosen(child, newline)
        part.kind = Kind.FLOW_MAP if as_map else Kind.FLOW_LIST
        part.value = part.value[:-1] + ("{" if as_map else "[")
        part.closing = "}" if as_map else "]"
        part.is_restated = True
    else:
        part.kind = Kind.MAP if as_map else Kind.LIST
        part.inner = max(part.inner, part.column + STEP)
    return parts


def as_item(part: Part) -> Part:
    """A loose pair as an item: its value without its key."""
    part.key, part.name, part.key_node, part.sep = ITEM, "", None, " "
    part.inner = part.column + STEP
    return part


def inherit(heir: Part, gone: Part, newline: str) -> None:
    """Gives the comments of a part that goes to another one."""
    beside = comments_in(gone.sep) + comments_in(gone.closing) + comments_in(gone.tail)
    lead = shift(gone.lead, heir.column - gone.column)
    heir.lead = lead + "".join(" " * heir.column + comment + newline for comment in beside) + heir.lead
    heir.foot += shift(gone.foot, heir.column - gone.column)


def open_null(path: Path, newline: str) -> None:
    """Makes the last of ``path``, a null, an empty map; something must be put into it then."""
    part = path[-1]
    part.node = MapNode(part.node.start, part.node.source)
    part.value = ""
    if len(path) > 1 and path[-2].kind.is_flow:
        part.kind, part.sep, part.value, part.closing, part.is_restated = Kind.FLOW_MAP, ": ", "{", "}", True
        return
    part.kind = Kind.MAP
    part.sep = (" " if part.key == ITEM else ":") + ("" if part.key == ITEM else part.tail or newline)
    part.tail = ""
    part.inner = part.column + STEP


def make_block(path: Path, newline: str) -> None:
    """Makes the last of ``path`` a block, and with it every flow around it."""
    for n, part in enumerate(path):
        if part.kind.is_flow:
            _unfold(part, newline, is_root=n == 0 and not part.key)


def comment_lines(part: Part) -> list[str]:
    """All comments of a part itself, without those inside its value's parts."""
    around = (part.lead, part.sep, part.closing, part.tail, part.foot)
    return [comment for text in around for comment in comments_in(text)]


def _restate(path: Path, newline: str) -> None:
    """Lets the parts of a flow change: on one line, or as a block where it had several or holds comments."""
    container = path[-1]
    if any("\n" in gap for gap in gaps(container)):
        make_block(path, newline)
    else:
        container.is_restated = True


def gaps(flow: Part) -> Iterator[str]:
    """What stands between the keys and values of a flow: brackets, commas, spaces and comments."""
    for part in flow.parts:
        yield part.lead
        yield part.sep
        if part.kind.is_flow:
            yield from gaps(part)
    yield flow.closing


def _loosen(part: Part, newline: str) -> None:
    """A part of a flow, as a block's part at column 0."""
    part.lead = "".join(comment + newline for comment in comments_in(part.lead))
    comments = comments_in(part.sep)
    part.lead += "".join(comment + newline for comment in comments)
    if part.key and part.key != ITEM:
        part.sep = ": " if part.value else ":"
    elif part.key == "":
        part.key, part.sep = ITEM, " "
    part.column, part.inner = 0, STEP
    part.tail, part.foot = newline, ""
    if part.kind is Kind.LEAF:
        part.value = _FOLD.sub(newline + " " * STEP, part.value)
    elif any("\n" in gap for gap in gaps(part)):
        if not any(comments_in(gap) for gap in gaps(part)):
            _flatten(part)
        elif part.parts:
            _unfold(part, newline, is_root=False)
        else:
            part.lead += "".join(comment + newline for comment in comments_in(part.closing))
            part.closing = part.closing[-1:]


def _flatten(flow: Part) -> None:
    flow.is_restated = True
    for part in flow.parts:
        if part.kind.is_flow:
            _flatten(part)


def _fits(part: Part) -> bool:
    """Whether a loose part may become one of a flow on one line."""
    if comment_lines(part):
        return False
    if part.kind is Kind.LEAF:
        is_scalar = part.value[:1] in ("'", '"') or _PLAIN_IN_FLOW.fullmatch(part.value) is not None
        return is_scalar and "\n" not in part.value and part.value[:1] not in ("|", ">")
    return part.kind.is_flow and not any("\n" in gap for gap in gaps(part))


def _unfold(flow: Part, newline: str, *, is_root: bool) -> None:
    is_map = flow.kind is Kind.FLOW_MAP
    flow.kind, flow.is_restated = (Kind.MAP if is_map else Kind.LIST), False
    flow.inner = 0 if is_root else flow.column + STEP
    properties = _OPENING.sub("", flow.value).strip()
    tail = flow.tail or newline
    end = comments_in(flow.closing)
    if is_root:
        flow.sep += "".join(comment + newline for comment in comments_in(tail))
    elif flow.key == ITEM and not properties:
        flow.lead += "".join(" " * flow.column + comment + newline for comment in comments_in(tail))
        flow.sep = " "
    else:
        colon = "" if flow.key == ITEM else ":"
        flow.sep = colon + (f" {properties}" if properties else "") + (tail if tail.endswith("\n") else tail + newline)
    flow.value = flow.closing = flow.tail = ""
    for part in flow.parts:
        _loosen(part, newline)
        if not is_map:
            part.key, part.sep = ITEM, " "
    if end:
        flow.foot = "".join(" " * flow.inner + comment + newline for comment in end) + flow.foot
