"""Whether Kubernetes takes a text as a label, an annotation key or a name. Lists and maps are none of these."""

from __future__ import annotations

from typing import Any, Final

from orkestra.k8s.names import dns1123_subdomain, label_value, qualified_name
from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import scalar_text

NAMES: Final = Domain("kube validation", [])
function = NAMES.function


@function(
    "isValidLabelValue(s string) bool",
    "Whether it may be the value of a label; the empty text may.",
    '{{ isValidLabelValue "front end" }}',
    "false",
)
def is_valid_label_value(s: Any) -> bool:
    return (s is None or isinstance(s, (str, int, float))) and not label_value(scalar_text(s))


@function(
    "isValidLabelKey(s string) bool",
    "Whether it may be the key of a label.",
    '{{ isValidLabelKey "example.com/tier" }}',
    "true",
)
def is_valid_label_key(s: Any) -> bool:
    return not qualified_name(scalar_text(s))


@function(
    "isValidAnnotationKey(s string) bool",
    "Whether it may be the key of an annotation; capitals count as small letters.",
    '{{ isValidAnnotationKey "Example.com/Note" }}',
    "true",
)
def is_valid_annotation_key(s: Any) -> bool:
    return not qualified_name(scalar_text(s).lower())  # as k8s.io/apimachinery pkg/api/validation/objectmeta.go


@function(
    "isDNS1123Subdomain(s string) bool",
    "Whether it may be the name of most kinds of objects.",
    '{{ isDNS1123Subdomain "web.example.com" }}',
    "true",
)
def is_dns1123_subdomain(s: Any) -> bool:
    return not dns1123_subdomain(scalar_text(s))
