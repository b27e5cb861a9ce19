"""Rows of a Katalog file: the top level, metadata, and the entries of ``spec.crds``."""

from __future__ import annotations

from typing import Any, Final

from orkestra.katalog.model import Dependency
from orkestra.katalog.schema.blocks import Block, Decoded, Field, LazyBlock, State
from orkestra.katalog.schema.composition import MOTIF_IMPORT, MOTIF_SCOPE, NOTES, PROFILES, NotHere
from orkestra.katalog.schema.containers import ByShape, ListOf, MapOf, OtherSpelling, Raw
from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType
from orkestra.katalog.schema.documents import API_VERSION, api_version, kind_of_file
from orkestra.katalog.schema.lazy import PROVIDERS, SETUP, EnrichList
from orkestra.katalog.schema.operator_box import OPERATOR_BOX
from orkestra.katalog.schema.scalars import Choice, Flag, Text
from orkestra.katalog.schema.shared import LABELS, FieldSelectorType, LabelSelectorType, NameList
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

_LATER = State.LATER


class DependsOn(FieldType):
    """``[a, b]`` (started), ``{a: healthy}`` or ``{a: {condition: healthy}}``; decodes to a tuple of Dependency."""

    expects = "a list of entries, or a map of entry to started or healthy"
    _condition = Choice("started", "healthy")
    _block = Block("a dependency", (Field("condition", _condition, "what to wait for", "started"),))

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        if isinstance(node, MapNode):
            pairs = ((key, value) for key, value in node.entries.values())
            found = [self._one(key, value, decoder, where) for key, value in pairs]
            return tuple(dependency for dependency in found if dependency)
        if isinstance(node, ListNode):
            names = [item for item in node.items if Text().decode(item, decoder, where) is not MISSING]
            return tuple(
                Dependency(item.text, "started", decoder.position(item))
                for item in names
                if isinstance(item, ScalarNode)
            )
        return decoder.wrong_type(node, where, self.expects, "write [name]" if isinstance(node, ScalarNode) else "")

    def _one(self, key: ScalarNode, value: Node, decoder: Decoder, where: str) -> Dependency | None:
        position = decoder.position(key)
        if isinstance(value, ScalarNode) and value.is_null:
            return Dependency(key.text, "started", position)
        shape = self._block if isinstance(value, MapNode) else self._condition
        found = shape.decode(value, decoder, f"{where}.{key.text}")
        condition = found["condition"] if isinstance(found, Decoded) else found
        return None if condition is MISSING else Dependency(key.text, condition, position)


_GO_TYPES: Final = "typed mode needs Go; leave it out, objects are read without generated types"

API_TYPES: Final = Block(
    "apiTypes",
    (
        Field("group", Text(), "the API group", ""),
        Field("version", Text(), "the version", ""),
        Field("kind", Text(), "the kind; enough for built-in ones", required=True),
        Field("plural", Text(), "the plural in URLs", ""),
        *(
            Field(name, Raw(), state=State.GO, target=_GO_TYPES, tier="F")
            for name in ("location", "object", "objectList", "alias", "apiPath")
        ),
    ),
)

_NEXT_ADMISSION: Final = Block(
    "admission",
    tuple(
        Field(name, Raw(), state=State.NEWER, target=f"{name} on the entry", moves_to=f"../{name}")
        for name in ("validation", "mutation", "conversion", "webhooks")
    ),
)

CRD_ENTRY: Final = Block(
    "an entry of crds",
    (
        Field("enabled", Flag(), "false: listed, not started", True),
        Field("description", Text(), "free text", ""),
        Field("mode", Choice("dynamic", "typed"), "typed needs Go", "dynamic", tier="F"),
        Field("apiTypes", API_TYPES, "the kind this entry operates"),
        Field(
            "crdFile",
            Text(),
            "a CRD file, relative to the Katalog, or its https:// URL; gives what apiTypes leaves out",
            "",
        ),
        Field("namespaced", Flag(), "the kind's scope"),
        Field("namespace", Text(), "watch this namespace only", ""),
        Field("allowedNamespaces", NameList(), "only these namespaces", ()),
        Field("restrictedNamespaces", NameList(), "all but these namespaces", ()),
        Field("labelSelector", LabelSelectorType(), "only objects with these labels; required for built-in kinds"),
        Field("fieldSelector", FieldSelectorType(), "only objects with these field values", tier="W"),
        Field("dependsOn", DependsOn(), "entries that start first", ()),
        Field("forceConflict", Flag(), "take objects and fields over that another manager owns"),
        Field("ignoreStatusPatch", Flag(), "never write the CR's status", False, tier="W"),
        Field("ignoreObservedGeneration", Flag(), "reconcile at the observed generation too", False, tier="W"),
        Field("operatorBox", OPERATOR_BOX, "what is done for each object"),
        Field("crFiles", NameList(), "sample objects, for `ork dev` and tests", (), state=_LATER, tier="W"),
        Field("setup", SETUP, "prerequisites", state=_LATER, tier="F"),
        Field("labels", LABELS, "labels written on the CR", state=_LATER, tier="W"),
        Field("enrich", EnrichList(), "related objects for templates", (), state=_LATER, tier="W"),
        Field("enrichAll", Flag(), "all related objects for templates", False, state=_LATER, tier="W"),
        Field("normalize", LazyBlock("admission:NORMALIZE"), "in-memory changes of the CR", state=_LATER, tier="W"),
        Field("imports", ListOf(MOTIF_IMPORT), "Motifs that bring children, status fields and rules", tier="W"),
        Field(
            "validation",
            ByShape(
                "a map with rules",
                mapping=LazyBlock("admission:VALIDATION"),
                sequence=OtherSpelling(
                    1601, "a list of rules is an older spelling", "write validation: {rules: [...]}", rewrite="rules"
                ),
            ),
            "rules a CR must meet",
            state=_LATER,
        ),
        Field("mutation", LazyBlock("admission:MUTATION"), "defaults and overrides", state=_LATER, tier="W"),
        Field("conversion", LazyBlock("admission:CONVERSION"), "how versions convert", state=_LATER, tier="F"),
        Field("webhooks", LazyBlock("admission:WEBHOOKS"), "which admission webhooks", state=_LATER, tier="W"),
        Field("serve", LazyBlock("serve:SERVE"), "self-service", state=_LATER, tier="W"),
        Field("endpoints", LazyBlock("protection:ENDPOINTS"), "the entry's HTTP routes", state=_LATER, tier="W"),
        Field("crossAccess", Flag(), "whether other entries may read this one", True, state=_LATER, tier="W"),
        Field(
            "deletionProtection",
            LazyBlock("protection:DELETION_PROTECTION"),
            "what may not be deleted",
            state=_LATER,
            tier="W",
        ),
        Field("removeFinalizers", Flag(), "strip finalizers, for tests", False, state=_LATER, tier="F"),
        Field("admission", _NEXT_ADMISSION, tier="W"),
        Field("idp", Raw(), state=State.OLDER, target="serve"),
        *(
            Field(name, Raw(), state=State.OLDER, target=f"operatorBox.{target}")
            for name, target in (
                ("reconciler", "reconciler"),
                ("workers", "reconciler.workers"),
                ("resync", "reconciler.resync"),
                ("onCreate", "onCreate"),
                ("onReconcile", "onReconcile"),
                ("onDelete", "onDelete"),
                ("status", "status"),
                ("hooks", "reconciler.hooks"),
            )
        ),
    ),
    exclusive=(("allowedNamespaces", "restrictedNamespaces"), ("enrich", "enrichAll")),
    one_of=(("apiTypes", "crdFile"),),
)

METADATA: Final = Block(
    "metadata",
    (
        Field("name", Text(), "the Katalog's name", required=True),
        Field("namespace", Text(), "its logical tenant, no Kubernetes namespace", "default", tier="W"),
        *(
            Field(name, Text(), doc, "", tier="W")
            for name, doc in (
                ("author", "who wrote it"),
                ("description", "free text"),
                ("license", "its licence"),
                ("createdBy", "what made it"),
            )
        ),
        Field("version", Text(), "its semantic version", "", tier="W"),
        Field("tags", NameList(), "words to find it by", (), tier="W"),
        Field("clusterName", Text(), "the cluster's name", "", state=_LATER, tier="W"),
        Field("deprecation", Raw(), state=State.OLDER, target="lifecycle.deprecation", tier="F"),
        Field("lifecycle", LazyBlock("packaging:LIFECYCLE"), "maturity and end of life", state=_LATER, tier="F"),
    ),
)

SPEC: Final = Block(
    "spec",
    (
        Field(
            "crds",
            ByShape(
                "a map of entries by name",
                mapping=MapOf(Raw()),
                sequence=OtherSpelling(
                    1601, "a list is an older spelling", "write a map: <name>: {…}", rewrite="entries"
                ),
            ),
            "the operators, by name",
        ),
        Field("finalizers", NameList(), "extra finalizers for all entries", (), state=_LATER, tier="W"),
        Field("imports", ListOf(MOTIF_IMPORT), "Motifs that bring notes and profiles", tier="W"),
        Field("sources", Raw(), state=State.OLDER, target="imports"),
    ),
)

KATALOG: Final = Block(
    "a Katalog",
    (
        Field("apiVersion", Text(check=api_version), API_VERSION, required=True),
        Field("kind", Text(check=kind_of_file("Katalog")), "Katalog", required=True),
        Field("metadata", METADATA, "its name and description", required=True),
        Field("spec", SPEC, "the operators"),
        Field("profiles", PROFILES, PROFILES.doc, tier="W"),
        Field("notes", NOTES, NOTES.doc, tier="W"),
        Field("motifs", MapOf(MOTIF_SCOPE), "what Motifs keep, as a merged Katalog shows it", is_superset=True),
        Field("security", LazyBlock("protection:SECURITY"), "protection and webhooks", state=_LATER, tier="W"),
        Field("notification", LazyBlock("protection:NOTIFICATION"), "whom to tell", state=_LATER, tier="W"),
        Field("providers", PROVIDERS, "external providers", (), state=_LATER, tier="F"),
        Field("gateway", LazyBlock("gateway:GATEWAY"), "the gateway", state=_LATER, tier="W"),
        Field("publish", LazyBlock("packaging:PUBLISH"), "gates before publishing", state=_LATER, tier="F"),
        Field("crossAccess", Flag(), "whether others may read these entries", True, state=_LATER, tier="W"),
        Field("lifecycle", LazyBlock("packaging:LIFECYCLE"), "maturity and end of life", state=_LATER, tier="F"),
        Field("sources", Raw(), state=State.OLDER, target="spec.imports"),
        Field(
            "imports",
            NotHere("only a Komposer imports files", "write kind: Komposer, or spec.imports for Motifs"),
            "only a Komposer imports files",
        ),
    ),
)
"""The file. Entries of ``spec.crds`` are decoded one by one against ``CRD_ENTRY``, each under its own name."""
