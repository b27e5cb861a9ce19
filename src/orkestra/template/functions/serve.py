"""Where an object came from, when it was handed in through ``serve``: the annotations the gateway stamps on it."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import object_of, text_at

SERVE: Final = Domain("serve", [])
function = SERVE.function

TARGET: Final = "orkestra.orkspace.io/serve-target"
ALIAS: Final = "orkestra.orkspace.io/serve-alias"
SOURCE: Final = "orkestra.orkspace.io/serve-source"


def _stamp(o: Any, key: str) -> str:
    return text_at(object_of(o), "metadata", "annotations", key)


@function(
    "getServeTarget(o) string",
    "The target it was handed in for; empty when it was applied directly.",
    "{{ getServeTarget .children.custom }}",
    "website",
)
def get_serve_target(o: Any) -> str:
    return _stamp(o, TARGET)


@function(
    "getServeAlias(o) string", "The alias it was handed in under.", "{{ getServeAlias .children.custom }}", "site"
)
def get_serve_alias(o: Any) -> str:
    return _stamp(o, ALIAS)


@function("getServeSource(o) string", "Who handed it in.", "{{ getServeSource .children.custom }}", "portal")
def get_serve_source(o: Any) -> str:
    return _stamp(o, SOURCE)


@function("hasServeTarget(o) bool", "Whether it names a target.", "{{ hasServeTarget .children.custom }}", "true")
def has_serve_target(o: Any) -> bool:
    return bool(_stamp(o, TARGET))


@function("hasServeAlias(o) bool", "Whether it names an alias.", "{{ hasServeAlias .children.custom }}", "true")
def has_serve_alias(o: Any) -> bool:
    return bool(_stamp(o, ALIAS))


@function("hasServeSource(o) bool", "Whether it names a source.", "{{ hasServeSource .children.custom }}", "true")
def has_serve_source(o: Any) -> bool:
    return bool(_stamp(o, SOURCE))


@function(
    "isDirectApply(o) bool",
    "Whether it was applied to the cluster itself, not handed in through serve.",
    "{{ isDirectApply .children.deployment }}",
    "true",
)
def is_direct_apply(o: Any) -> bool:
    found = object_of(o)
    return bool(found) and not any(_stamp(found, key) for key in (TARGET, ALIAS, SOURCE))
