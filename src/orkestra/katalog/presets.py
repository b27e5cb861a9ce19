"""Profiles: named presets of a block, of a definition's own or built in. A name means the definition's own first."""

from __future__ import annotations

from collections.abc import Iterator

from orkestra.katalog.profiles import PROFILES
from orkestra.katalog.schema.decoder import Decoder, Preset, Presets
from orkestra.katalog.schema.profiles import PROFILE_BLOCKS
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode


def declared_presets(profiles: Node | None, decoder: Decoder, *, in_motif: bool = False) -> Presets:
    """The presets of a ``profiles`` block; what is wrong with it is reported."""
    if profiles is None or (isinstance(profiles, ScalarNode) and profiles.is_null):
        return {}
    if not isinstance(profiles, MapNode):
        decoder.wrong_type(profiles, "profiles", "a map of classes")
        return {}
    found: dict[str, dict[str, Preset]] = {}
    for class_, (key, value) in profiles.entries.items():
        if class_ == "include":
            continue
        block = PROFILE_BLOCKS.get(class_)
        if block is None:
            continue  # the table of ``profiles`` knows the classes too
        if in_motif and class_ == "reconciler":
            decoder.report(2028, "profiles: a Motif has no reconciler to make profiles for", key.span)
            continue
        for name, place, body in _rows(class_, value, decoder):
            if not isinstance(body, MapNode):
                decoder.wrong_type(body, f"profiles.{class_}.{name}", "a map")
                continue
            known = found.setdefault(class_, {})
            if name.lower() in known:
                first = decoder.related(known[name.lower()].node.span, "it is declared here")
                decoder.report(1203, f"profiles: {class_} {name[:60]} is declared twice", place.span, related=(first,))
                continue
            if name.lower() in PROFILES.get(class_, {}):
                message = f"profiles: {name} hides the built-in profile of {class_}"
                decoder.report(2025, message, place.span, "choose another name")
            known[name.lower()] = Preset(name, body, decoder.language, block)
            block.decode(body, decoder.for_owner("profiles"), f"{class_}.{name}")
    return found


def _rows(class_: str, value: Node, decoder: Decoder) -> Iterator[tuple[str, Node, Node]]:
    """(name, where it stands, fields), of a map by name or a list of maps with ``name``."""
    if isinstance(value, MapNode):
        yield from ((name, key, body) for name, (key, body) in value.entries.items())
    elif isinstance(value, ListNode):
        for item in value.items:
            name = item.get("name") if isinstance(item, MapNode) else None
            if not isinstance(item, MapNode) or not isinstance(name, ScalarNode):
                decoder.report(1103, f"profiles: {class_}: name is required (text)", item.span)
                continue
            body = MapNode(item.start, item.source)
            body.entries = {key: entry for key, entry in item.entries.items() if key != "name"}
            yield name.text, name, body
    elif not (isinstance(value, ScalarNode) and value.is_null):
        decoder.wrong_type(value, f"profiles.{class_}", "a map of profiles by name")
