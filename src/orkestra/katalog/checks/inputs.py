"""What a Motif reads of its inputs, judged on its own: whoever imports it can do nothing about a name it got wrong."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from orkestra.katalog.compose.motifs import TYPE_WORDS, fits
from orkestra.katalog.diagnostics.finding import Span
from orkestra.katalog.model import ForEach, ResourceEntry
from orkestra.katalog.paths import Path
from orkestra.katalog.schema.blocks import Decoded
from orkestra.katalog.schema.conditions import conditions_of
from orkestra.katalog.schema.decoder import Decoder, shape_of
from orkestra.katalog.source.nodes import ScalarNode
from orkestra.katalog.suggest import hint_for
from orkestra.katalog.terms import Condition
from orkestra.katalog.values import Value
from orkestra.katalog.walk import first_reads, sites_of_entry, templates_in, values_of


def check_inputs(motif: Decoded, decoder: Decoder) -> None:
    known = sorted(row["name"] for row in motif["inputs"] or () if "name" in row)
    metadata = motif["metadata"]
    name = metadata["name"] if isinstance(metadata, Decoded) and "name" in metadata else "the Motif"
    for row in motif["inputs"] or ():
        default = row.node.get("default")
        is_null = default is None or (isinstance(default, ScalarNode) and default.is_null)
        if default is not None and not is_null and not fits(default, row["type"]):
            message = f"default: expected {TYPE_WORDS[row['type']]}, found {shape_of(default)}"
            decoder.report(2022, message, default.span)
    for found in _evaluated(motif):
        for path, at in _reads(found, decoder):
            if path[0] == "inputs" and len(path) > 1 and path[1] not in (*known, "*"):
                message = f".inputs.{path[1][:60]}: {name} has no such input"
                decoder.report(1208, message, at, partial(hint_for, path[1], known))


def _evaluated(motif: Decoded) -> Iterator[Value | Condition | ForEach]:
    resources, status = motif["resources"], motif["status"]
    for block in (resources, resources["onCreate"]) if isinstance(resources, Decoded) else ():
        for entries in block.values.values() if isinstance(block, Decoded) else ():
            for entry in entries if isinstance(entries, list | tuple) else ():
                if isinstance(entry, ResourceEntry):
                    yield from (found for found, _ in sites_of_entry(entry))
    for field in (status["fields"] or ()) if isinstance(status, Decoded) else ():
        if "value" in field:
            yield field["value"]
        yield from conditions_of(field) or ()


def _reads(found: Value | Condition | ForEach, decoder: Decoder) -> Iterator[tuple[Path, Span]]:
    for value in values_of(found):
        for template in templates_in(value):
            for read in first_reads(template):
                yield read.path, template.origin.span_at(read.line, read.column, 1 + len(read.path[0]))
    if isinstance(found, Condition) and found.cel is not None:
        for path, offset, width in found.cel.reads:
            if path:
                yield path, found.cel.origin.span_at(*found.cel.place_of(offset), width)
    if isinstance(found, Condition | ForEach) and found.path:
        place = found.place if isinstance(found, Condition) else found.position
        length = len(".".join(found.path))
        yield found.path, Span(place.line, place.column, place.line, place.column + length, place.file)
