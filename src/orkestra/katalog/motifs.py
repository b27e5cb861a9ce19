"""A Motif file on its own -> the model."""

from __future__ import annotations

from typing import Any

from orkestra.katalog.compile import about, block_of, status_fields
from orkestra.katalog.parts.motifs import Input, Motif, MotifImport
from orkestra.katalog.schema.blocks import Decoded
from orkestra.katalog.schema.decoder import Decoder
from orkestra.katalog.schema.records import settings_of
from orkestra.katalog.source.nodes import MapNode, Node, plain_value


def compile_motif(found: Decoded, decoder: Decoder) -> Motif | None:
    """None where it has no name."""
    metadata, resources = found["metadata"], found["resources"]
    if not isinstance(metadata, Decoded) or "name" not in metadata:
        return None
    admission, notes = found["admission"], found["notes"]
    profiles = found.node.get("profiles")
    return Motif(
        metadata["name"],
        metadata["namespace"],
        about(metadata),
        decoder.position(found.node),
        inputs=tuple(_input(row, decoder) for row in found["inputs"] or () if "name" in row),
        on_create=block_of(resources["onCreate"] if resources else None),
        on_reconcile=block_of(resources),
        status=status_fields(found["status"], decoder) if found["status"] else (),
        validation=admission["validation"] if admission else None,
        mutation=admission["mutation"] if admission else None,
        notes={
            row["name"]: row["expression"] for row in (notes["functions"] if notes else None) or () if "name" in row
        },
        profiles=_plain(profiles) if isinstance(profiles, MapNode) else {},
        imports=tuple(_import(row, decoder) for row in found["imports"] or () if "motif" in row),
        cluster_name=metadata["clusterName"],
        lifecycle=metadata["lifecycle"],
    )


def _input(row: Decoded, decoder: Decoder) -> Input:
    default = _plain(row.node.get("default"))
    at = decoder.position(row.node)
    return Input(row["name"], row["description"], row["required"], default, row["type"], at)


def _import(row: Decoded, decoder: Decoder) -> MotifImport:
    auth = settings_of(row["auth"]) if row["auth"] else None
    given = _plain(row.node.get("with")) or {}
    return MotifImport(row["motif"], row["oci"] or False, row["version"], auth, given, decoder.position(row.node))


def _plain(node: Node | None) -> Any:
    return plain_value(node) if node is not None else None
