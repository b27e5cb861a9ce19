"""Rows of the kinds that say who may do what: roles and their bindings."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.schema.blocks import Block, Field
from orkestra.katalog.schema.containers import ByShape, ListOf, Shorthand
from orkestra.katalog.schema.scalars import Choice
from orkestra.katalog.schema.shared import TEXT, TEXTS

_RULE_ROWS: Final = (
    Field("apiGroups", TEXTS, 'the API groups; "" is the core group'),
    Field("resources", TEXTS, "plurals, with their subresource after a slash"),
    Field("verbs", TEXTS, "get, list, watch, create, update, patch, delete …", required=True),
    Field("resourceNames", TEXTS, "only these objects; all unless given"),
)
_CLUSTER_RULE_ROWS: Final = (
    *_RULE_ROWS,
    Field("nonResourceURLs", TEXTS, "paths such as /healthz"),
)


def _rules(title: str, rows: tuple[Field, ...]) -> tuple[Field, ...]:
    return (Field("rules", ListOf(Block(title, rows)), "what may be done", required=True),)


ROLE: Final = _rules("a rule", _RULE_ROWS)
CLUSTER_ROLE: Final = _rules("a cluster rule", _CLUSTER_RULE_ROWS)

_SUBJECT: Final = Block(
    "a subject",
    (
        Field("kind", Choice("ServiceAccount", "User", "Group", templated=True), "what it is", "ServiceAccount"),
        Field("name", TEXT, "its name", required=True),
        Field("namespace", TEXT, "of a ServiceAccount; the CR's unless given"),
    ),
)


def _binding(title: str, kinds: tuple[str, ...], default: str) -> tuple[Field, ...]:
    reference = Block(
        title,
        (
            Field("name", TEXT, "the role's name", required=True),
            Field("kind", Choice(*kinds, templated=True), "its kind", default),
        ),
    )
    shape = ByShape("a name or a map", scalar=Shorthand("name", TEXT), mapping=reference)
    return (
        Field("roleRef", shape, "the role given; Kubernetes lets nobody change it later", required=True),
        Field("subjects", ListOf(_SUBJECT), "to whom: at least one", required=True),
    )


ROLE_BINDING: Final = _binding("roleRef", ("Role", "ClusterRole"), "Role")
CLUSTER_ROLE_BINDING: Final = _binding("roleRef of the cluster", ("ClusterRole",), "ClusterRole")
