"""``lifecycle``: a definition near or past its end, and one for other versions than these.

The day is whoever loads the file's to say; without one nothing is told of ends.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from functools import partial
from typing import Final

from orkestra import __version__
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.model import Settings
from orkestra.katalog.schema.documents import LANGUAGE_VERSION
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode
from orkestra.katalog.suggest import hint_for
from orkestra.template.functions.semver import semver_constraint

OLDEST_KUBERNETES: Final = "1.28.0"
"""What the chart and the guides ask for."""

_BOUND = re.compile(r"v?([0-9xX*]{1,9})(?:\.([0-9xX*]{1,9}))?(?:\.([0-9xX*]{1,9}))?(-[0-9A-Za-z.-]+)?")
_Version = tuple[int, int, int]


def check_lifecycle(checked: Checked) -> None:
    root = checked.root
    holders = (root.get("metadata"), root) if root is not None else ()
    written = [row for holder in holders if isinstance(holder, MapNode) and (row := holder.entries.get("lifecycle"))]
    written = [row for row in written if isinstance(row[1], MapNode)]
    if len(written) > 1:
        first = checked.decoder.related(written[0][0].span, "metadata.lifecycle is here")
        message = "lifecycle and metadata.lifecycle say the same thing twice"
        checked.report(1106, message, written[1][0].span, "keep one of them", (first,))
    for _, node in written:
        _check_compatibility(node, checked)
        _check_accept(_child(node, "deprecation", "accept"), checked)
        _check_patterns(_child(node, "accept", "patterns"), checked)
    found = checked.lifecycle
    if found is not None and found["deprecation"] is not None and written:
        at = _child(written[-1][1], "deprecation")
        told = _ending("this Katalog", found["deprecation"], checked.today)
        if told and at is not None:
            checked.report(1514, told, at.span, _way_out(found["deprecation"]))
    _check_imports(checked)


def _check_imports(checked: Checked) -> None:
    """What a Komposer brings in that is near or past its end, unless it says that it knows."""
    own = checked.lifecycle
    accepted = own["accept"]["patterns"] if own is not None and own["accept"] is not None else ()
    for each in checked.imports:
        ending = each.lifecycle["deprecation"] if each.lifecycle is not None else None
        if ending is None or each.name in accepted:
            continue
        told = _ending(each.name, ending, checked.today)
        if told:
            hint = _way_out(ending) or "take another"
            hint += f"; or write lifecycle: {{accept: {{patterns: [{each.name}]}}}}"
            checked.report(1514, f"{each.what}: {told}", each.at, hint)


def _ending(what: str, deprecation: Settings, today: datetime.date | None) -> str:
    """What is to be said of an end on a day; nothing before its time, or where it is accepted."""
    timeline, accept = deprecation["timeline"], deprecation["accept"] or {}
    if timeline is None or today is None or not timeline["from"] or not timeline["to"]:
        return ""
    if today < timeline["from"] or (accept.get("beforeEol") and (accept.get("eol") or today < timeline["to"])):
        return ""
    verb = "ended" if today >= timeline["to"] else "ends"
    said = deprecation["message"] or ""
    return f"{what} {verb} on {timeline['to']}{f': {said[:200]}' if said else ''}"


def _way_out(deprecation: Settings) -> str:
    return f"use {deprecation['migratedTo']}" if deprecation["migratedTo"] else ""


def _check_accept(accept: Node | None, checked: Checked) -> None:
    if isinstance(accept, MapNode) and _is_true(accept.get("eol")) and not _is_true(accept.get("beforeEol")):
        message = "eol: alone it accepts nothing, what has ended must be accepted before its end too"
        checked.report(1502, message, accept.entries["eol"][0].span, "write beforeEol: true beside it")


def _check_patterns(patterns: Node | None, checked: Checked) -> None:
    if not checked.has_all_imports:
        return
    names = sorted({each.name for each in checked.imports})
    items = patterns.items if isinstance(patterns, ListNode) else [patterns] if patterns is not None else []
    for item in items:
        if isinstance(item, ScalarNode) and not item.is_null and item.text not in names:
            message = f'patterns: nothing that is imported here is called "{item.text[:60]}"'
            checked.report(1502, message, item.span, partial(hint_for, item.text, names))


def _check_compatibility(node: Node, checked: Checked) -> None:
    for name in ("orkestra", "kubernetes"):
        written = _child(node, "compatibility", name)
        if not isinstance(written, ScalarNode) or written.is_null or not _is_constraint(written.text):
            continue
        candidates = versions_near(written.text)
        if not _any(candidates, written.text):
            message = f'{name}: no version at all is "{written.text}"'
            checked.report(1515, message, written.span, "bounds beside each other must all hold; || parts them")
        elif name == "orkestra" and not _any((__version__, LANGUAGE_VERSION), written.text):
            message = f'orkestra: "{written.text}" leaves out this version'
            hint = f"this is {__version__}, and reads definitions of {LANGUAGE_VERSION}"
            checked.report(1516, message, written.span, hint)
        elif name == "kubernetes" and not _any(_from_oldest(candidates), written.text):
            message = f'kubernetes: "{written.text}" leaves out every version this one works with'
            checked.report(1516, message, written.span, f"it works with {OLDEST_KUBERNETES} and later")


def versions_near(constraint: str) -> list[str]:
    """Versions of which one satisfies the constraint if any does: every bound of it, and what is right beside each."""
    bounds: list[tuple[_Version, str]] = []
    for found in _BOUND.finditer(constraint):
        parts = [int(part) if part and part.isdigit() else 0 for part in found.groups()[:3]]
        bounds.append(((parts[0], parts[1], parts[2]), found[4] or ""))
    found_versions = {(0, 0, 0)}
    for (major, minor, patch), _ in bounds:
        for n in range(len(bounds) + 2):
            found_versions |= {(major, minor, patch + n), (major, minor + n, 0), (major + n, 0, 0)}
        found_versions |= {(major, minor, patch - 1)} if patch else set()
        found_versions |= {(major, minor - 1, 10**6)} if minor else set()
        found_versions |= {(major - 1, 10**6, 0)} if major else set()
    plain = [".".join(map(str, each)) for each in sorted(found_versions)]
    return plain + [f"{'.'.join(map(str, version))}{suffix}" for version, suffix in bounds if suffix]


def _from_oldest(candidates: Iterable[str]) -> list[str]:
    later = [version for version in candidates if semver_constraint(version, f">={OLDEST_KUBERNETES}-0")]
    return [*later, OLDEST_KUBERNETES, "1.28.1", "1.37.0", "1.999.0"]


def _any(versions: Iterable[str], constraint: str) -> bool:
    return any(semver_constraint(version, constraint) for version in versions)


def _is_constraint(text: str) -> bool:
    from orkestra.template.errors import FunctionError

    try:
        semver_constraint(LANGUAGE_VERSION, text)
    except FunctionError:
        return False
    return True


def _child(node: Node | None, *path: str) -> Node | None:
    for key in path:
        node = node.get(key) if isinstance(node, MapNode) else None
    return node


def _is_true(node: Node | None) -> bool:
    return isinstance(node, ScalarNode) and node.value is True
