"""What the templates and profiles of a definition may name: its own notes and presets, and those of each Motif."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from orkestra.katalog.notes import declared_functions
from orkestra.katalog.presets import declared_presets
from orkestra.katalog.schema.decoder import Decoder, Language, Presets
from orkestra.katalog.source.nodes import MapNode, Node
from orkestra.template import Function


def speaking(tree: Node, decoder: Decoder) -> Decoder:
    """``decoder`` with the languages that the tree declares: ``notes``, ``profiles`` and, per Motif, ``motifs``."""
    if not isinstance(tree, MapNode):
        return decoder
    own = _language(tree, decoder, {}, in_motif=False)
    motifs = tree.get("motifs")
    if isinstance(motifs, MapNode):
        base = decoder.functions
        decoder.motifs[""] = own
        for name, (_, scope) in motifs.entries.items():
            if isinstance(scope, MapNode):
                decoder.motifs[name] = _language(
                    scope, replace(decoder, language=Language(base)), own.presets, in_motif=True
                )
    return decoder if own is decoder.language else replace(decoder, language=own)


def speaking_motif(tree: MapNode, decoder: Decoder) -> Decoder:
    """``decoder`` for a Motif file on its own."""
    return replace(decoder, language=_language(tree, decoder, {}, in_motif=True))


def _language(tree: MapNode, decoder: Decoder, above: Presets, *, in_motif: bool) -> Language:
    """``above``: presets that win over the tree's own."""
    notes, profiles = tree.get("notes"), tree.get("profiles")
    if notes is None and profiles is None and not above:
        return decoder.language
    functions: Mapping[str, Function] = declared_functions(notes, decoder)
    language = decoder.language if functions is decoder.functions else Language(functions)
    presets = declared_presets(profiles, replace(decoder, language=language), in_motif=in_motif)
    if not presets and not above:
        return language
    classes = {*presets, *above}
    merged = {class_: {**presets.get(class_, {}), **above.get(class_, {})} for class_ in classes}
    return Language(functions, merged, language.templates)
