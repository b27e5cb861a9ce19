"""Rows of what composes: the imports of a Komposer, Motifs and their imports, notes."""

from __future__ import annotations

import re
from typing import Any, Final

from orkestra.katalog.schema.blocks import Block, Field
from orkestra.katalog.schema.containers import ByShape, ListOf, MapOf, Raw
from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType, last_step
from orkestra.katalog.schema.scalars import AnyScalar, Choice, Flag, Text
from orkestra.katalog.schema.shared import NameList
from orkestra.katalog.source.nodes import Node

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}", re.ASCII)
INPUT_TYPES: Final = ("string", "int", "float", "number", "bool", "list", "map")


def _variable(text: str) -> tuple[int, str] | None:
    if _VARIABLE.fullmatch(text):
        return None
    return 1105, "expected the name of an environment variable, such as REGISTRY_TOKEN"


def function_name(text: str) -> tuple[int, str] | None:
    if _NAME.fullmatch(text):
        return None
    return 1110, f'"{text[:80]}" cannot name it: use letters, digits and "_", a letter first'


AUTH: Final = Block(
    "auth",
    (
        Field("type", Choice("bearer", "basic", "github"), "how the secret is sent; basic: user:password", "bearer"),
        Field("fromEnv", Text(check=_variable), "the environment variable that holds the secret", required=True),
    ),
    doc="Proves who asks. The secret itself never stands in a file.",
)

FILE_IMPORT: Final = ByShape(
    "a path, a URL, $VARIABLE or a map",
    scalar=Text(),
    mapping=Block(
        "an import of a file",
        (
            Field("url", Text(), "a path, a URL or $VARIABLE", required=True),
            Field("auth", AUTH, AUTH.doc),
        ),
    ),
)

PATTERN: Final = Block(
    "a Katalog of a registry",
    (
        Field("branch", Text(), "the Git branch", "main"),
        Field("tag", Text(), "a Git tag instead of a branch", is_superset=True),
        Field("commit", Text(), "a Git commit instead of a branch", is_superset=True),
        Field("version", Text(), "the tag of an OCI artifact", "latest", is_superset=True),
        Field("path", Text(), "the file, where it is not <name>/katalog.yaml", "", is_superset=True),
    ),
    exclusive=(("branch", "tag", "commit"),),
    doc="Which Katalog, and which state of it.",
)

REGISTRY_IMPORT: Final = Block(
    "an import from a registry",
    (
        Field("url", Text(), "a Git repository, or with oci: true a registry", ""),
        Field("oci", AnyScalar(), "true, or the registry itself: Katalogs are OCI artifacts there", False),
        Field("katalog", MapOf(PATTERN), "which ones, by name; the repository's own unless given"),
        Field("useKomposer", Flag(), "take the komposer.yaml there", False),
        Field("auth", AUTH, AUTH.doc),
    ),
    one_of=(("url", "oci"),),
)

HELM_IMPORT: Final = Block(
    "an import of a chart",
    (
        Field("repo", Text(), "a chart repository or oci://…", required=True),
        Field("chart", Text(), "the chart", required=True),
        Field("version", Text(), "its version", required=True),
        Field("path", Text(), "only what this template of the chart renders", ""),
        Field("valueFiles", NameList(), "files of values, relative to this one", ()),
        Field("values", Raw(), "values, over those of files"),
        Field("auth", AUTH, AUTH.doc),
    ),
    doc="Runs `helm template` and takes the documents of kind Katalog.",
)

IMPORTS: Final = Block(
    "imports",
    (
        Field("registry", ListOf(REGISTRY_IMPORT), "Katalogs of Git repositories and OCI registries"),
        Field("files", ListOf(FILE_IMPORT), "Katalogs of files and URLs"),
        Field("helm", ListOf(HELM_IMPORT), HELM_IMPORT.doc),
    ),
    doc="What a Komposer is made of: registry, then files, then helm.",
)

MOTIF_IMPORT: Final = Block(
    "an import of a Motif",
    (
        Field("motif", Text(), "its path, or its name in a registry", required=True),
        Field("oci", AnyScalar(), "true, or the registry: the Motif is an OCI artifact there", False),
        Field("version", Text(), "the tag of an OCI artifact", "latest"),
        Field("auth", AUTH, AUTH.doc),
        Field("with", Raw(), "values of its inputs, by name; templates see the CR"),
    ),
)

INPUT: Final = Block(
    "an input",
    (
        Field("name", Text(check=function_name), "how templates call it: .inputs.<name>", required=True),
        Field("description", Text(), "what it is for", ""),
        Field("required", Flag(), "must be given", False),
        Field("default", Raw(), "its value where none is given; may be a template"),
        Field("type", Choice(*INPUT_TYPES), "what values must be", ""),
    ),
)

NOTE: Final = Block(
    "a note",
    (
        Field("name", Text(check=function_name), "the function's name", required=True),
        Field("expression", Text(), "what it gives: a template, or what stands between {{ and }}", required=True),
        Field("description", Text(), "what it is for", ""),
        Field("shadow", Flag(), "hide the built-in function of this name on purpose", False),
    ),
)

NOTES: Final = Block(
    "notes",
    (
        Field("include", Text(), "a file that holds this block"),
        Field("functions", ListOf(NOTE), "functions for templates"),
    ),
    doc="Functions of your own, for all templates of the file.",
)

PROFILES: Final = Block(
    "profiles",
    (
        Field("include", Text(), "a file that holds this block"),
        *(
            Field(class_, Raw(), doc)
            for class_, doc in (
                ("networkPolicies", "rules of network policies, by name"),
                ("resourceQuotas", "`hard` limits, by name"),
                ("limitRanges", "`limits`, by name"),
                ("hpa", "targetCPUUtilizationPercentage, scaleUp and scaleDown, by name"),
                ("pdb", "minAvailable or maxUnavailable, by name"),
                ("rollingUpdate", "maxSurge and maxUnavailable, by name"),
                ("reconciler", "workers, resync and queue, by name"),
                ("resources", "requests and limits, by name"),
                ("probes", "how probes ask, by name"),
                ("containerSecurity", "security contexts of containers, by name"),
                ("podSecurity", "security contexts of pods, by name"),
            )
        ),
    ),
    doc="Presets of your own: class, then name, then the fields of the block it stands for; values may be templates.",
)

MOTIF_SCOPE: Final = Block(
    "what a Motif keeps",
    (
        Field("notes", NOTES, "functions for its own templates"),
        Field("profiles", PROFILES, "presets for its own children"),
    ),
)


class NotHere(FieldType):
    """A field of another kind of file."""

    def __init__(self, message: str, hint: str) -> None:
        self.message = message
        self.hint = hint
        self.expects = hint

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        decoder.report(2004, f"{last_step(where)}: {self.message}", node.span, self.hint)
        return MISSING
