"""Rows of a Katalog file: the top level, metadata, and the entries of ``spec.crds``."""

from __future__ import annotations

from typing import Any, Final

from orkestra.katalog.model import Dependency
from orkestra.katalog.schema.blocks import Block, Decoded, Field, State
from orkestra.katalog.schema.containers import ByShape, MapOf, OtherSpelling, Raw
from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType
from orkestra.katalog.schema.operator_box import OPERATOR_BOX
from orkestra.katalog.schema.scalars import Choice, Flag, Text
from orkestra.katalog.schema.shared import FieldSelectorType, LabelSelectorType, NameList
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

API_VERSION: Final = "orkestra.orkspace.io/v1"
OLD_API_VERSIONS: Final = ("orkestra.konductor.io/v1Alpha", "orkestra.konductor.io/v1alpha")
FILE_KINDS: Final = ("Katalog", "Komposer", "Motif", "Simulate", "E2E", "Policy")

_LATER = State.LATER


def _api_version(text: str) -> tuple[int, str] | None:
    if text == API_VERSION:
        return None
    if text in OLD_API_VERSIONS:
        return 1601, f'"{text}" is an older spelling: write {API_VERSION}'
    return 1108, f'"{text[:80]}" is not known: expected {API_VERSION}'


def _kind(text: str) -> tuple[int, str] | None:
    if text == "Katalog":
        return None
    if text in FILE_KINDS:
        return 1902, f"a {text} is recognised, but this version loads Katalogs only"
    return 1109, f'"{text[:80]}" is not known: expected {", ".join(FILE_KINDS[:-1])}'


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
        Field("crdFile", Text(), "a CRD file, relative to the Katalog; gives what apiTypes leaves out", ""),
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
        *(
            Field(name, Raw(), doc, state=_LATER, tier="W")
            for name, doc in (
                ("crFiles", "sample objects"),
                ("setup", "prerequisites"),
                ("labels", "labels written on the CR"),
                ("enrich", "related objects for templates"),
                ("enrichAll", "all related objects for templates"),
                ("normalize", "in-memory changes of the CR"),
                ("mutation", "defaults and overrides"),
                ("conversion", "conversion between versions"),
                ("webhooks", "admission webhooks"),
                ("imports", "Motifs"),
                ("serve", "self-service"),
                ("endpoints", "the entry's HTTP routes"),
                ("crossAccess", "whether others may read this entry"),
                ("deletionProtection", "what may not be deleted"),
                ("removeFinalizers", "strip finalizers, for tests"),
            )
        ),
        Field(
            "validation",
            ByShape(
                "a map with rules",
                mapping=OtherSpelling(1901, "recognised, but this version cannot run it yet", ""),
                sequence=OtherSpelling(
                    1601, "a list of rules is an older spelling", "write validation: {rules: [...]}", rewrite="rules"
                ),
            ),
            "rules a CR must meet",
        ),
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
                ("version", "its semantic version"),
                ("description", "free text"),
                ("license", "its licence"),
                ("createdBy", "what made it"),
            )
        ),
        Field("tags", NameList(), "words to find it by", (), tier="W"),
        Field("clusterName", Raw(), "the cluster's name", state=_LATER, tier="W"),
        Field("deprecation", Raw(), state=State.OLDER, target="lifecycle", tier="F"),
        Field("lifecycle", Raw(), "maturity and end of life", state=_LATER, tier="F"),
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
        Field("finalizers", Raw(), "extra finalizers for all entries", state=_LATER, tier="W"),
        Field("imports", Raw(), "Motifs that bring notes and profiles", state=_LATER, tier="W"),
        Field("sources", Raw(), state=State.OLDER, target="imports"),
    ),
)

KATALOG: Final = Block(
    "a Katalog",
    (
        Field("apiVersion", Text(check=_api_version), API_VERSION, required=True),
        Field("kind", Text(check=_kind), "Katalog", required=True),
        Field("metadata", METADATA, "its name and description", required=True),
        Field("spec", SPEC, "the operators"),
        *(
            Field(name, Raw(), doc, state=_LATER, tier="W")
            for name, doc in (
                ("profiles", "named presets"),
                ("notes", "template functions"),
                ("security", "protection and webhooks"),
                ("notification", "whom to tell"),
                ("providers", "external providers"),
                ("gateway", "the gateway"),
                ("publish", "gates before publishing"),
                ("crossAccess", "whether others may read these entries"),
                ("lifecycle", "maturity and end of life"),
            )
        ),
        Field("sources", Raw(), state=State.OLDER, target="spec.imports"),
        Field("imports", Raw(), "only a Komposer imports files", state=_LATER, tier="W"),
    ),
)
"""The file. Entries of ``spec.crds`` are decoded one by one against ``CRD_ENTRY``, each under its own name."""
