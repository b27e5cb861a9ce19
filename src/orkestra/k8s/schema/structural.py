"""A compiled structural schema: default, prune, validate.

``compile_schema`` reads a schema once; the object it returns is immutable and shared by every request for the kind.
"""

from __future__ import annotations

from typing import Any

from orkestra.k8s.errors import Cause
from orkestra.k8s.schema import causes
from orkestra.k8s.schema.acceptance import compile_acceptance
from orkestra.k8s.schema.correlation import UNCORRELATED, Correlation
from orkestra.k8s.schema.defaults import compile_defaults
from orkestra.k8s.schema.embedded import check_embedded
from orkestra.k8s.schema.listtypes import check_list_types
from orkestra.k8s.schema.node import Node, parse_schema
from orkestra.k8s.schema.pruning import compile_clean, prune_unknown
from orkestra.k8s.schema.rules import RuleSet
from orkestra.k8s.schema.verdicts import explain

_NOT_CHECKED = (
    "some validation rules were not checked because the object was invalid; "
    "correct the existing errors to complete validation"
)


class Structural:
    """What a CRD version's schema does to objects. Built by ``compile_schema``."""

    __slots__ = ("_defaults", "_is_accepted", "_is_clean", "_rules", "root")

    def __init__(self, root: Node) -> None:
        self.root = root
        self._defaults = compile_defaults(root)
        self._rules = RuleSet(root) if root.has_rules else None
        self._is_clean = compile_clean(root, is_resource=True)
        self._is_accepted = None if root.has_embedded else compile_acceptance(root) or (lambda value: True)

    def default(self, obj: dict[str, Any], *, keeps_nulls: bool = False) -> None:
        """Drops nulls that the schema does not allow and fills in defaults, in place.

        ``keeps_nulls`` is for what an apply made: it is not decoded, so its nulls stay and are judged by `validate`.
        """
        if self._defaults is not None:
            self._defaults(obj, keeps_nulls)

    def prune(self, obj: dict[str, Any]) -> list[str]:
        """Removes unknown fields, in place. Returns their paths, sorted: ``["spec.foo", "spec.ports[0].bar"]``.

        With fieldValidation=Strict each is an ``unknown field "spec.foo"``, with Warn a warning of that text.
        apiVersion and kind stay, metadata keeps the fields of ObjectMeta.
        """
        return [] if self._is_clean(obj) else prune_unknown(obj, self.root, is_resource=True)

    def validate(
        self,
        obj: dict[str, Any],
        old: dict[str, Any] | None = None,
        *,
        status_only: bool = False,
        warnings: list[str] | None = None,
    ) -> list[Cause]:
        """Every failure, in the API server's words; empty if valid.

        ``old`` is the stored object on update: transition rules see it, and failures in unchanged parts are forgiven.
        ``status_only`` is for the status subresource: values outside ``status`` are not looked at (rules still are).
        ``warnings`` receives the rule failures that were forgiven because the value did not change.
        """
        is_accepted = self._is_accepted is not None and self._is_accepted(obj)
        found = [] if is_accepted else self._failures(obj, old, status_only)
        if self._rules is not None:
            if any(cause.reason in causes.BLOCKING_REASONS for cause in found):
                found.append(causes.invalid_value(causes.NO_FIELD, None, _NOT_CHECKED))
            else:
                found += self._rules.check(obj, old, warnings)
        return found

    def _failures(self, obj: dict[str, Any], old: dict[str, Any] | None, status_only: bool) -> list[Cause]:
        found = self._value_failures(obj, old, status_only)
        found += check_embedded(self.root, obj)
        again = list(check_list_types(self.root, obj))
        if again and old is not None and any(True for _ in check_list_types(self.root, old)):
            again = []  # what was stored already broke the rule: updates may pass
        return found + again

    def _value_failures(self, obj: dict[str, Any], old: dict[str, Any] | None, status_only: bool) -> list[Cause]:
        before = UNCORRELATED if old is None else Correlation(old, is_root=True)
        if not status_only:
            return explain(self.root, obj, "", before)
        status = self.root.properties.get("status")
        if status is None or "status" not in obj:
            return []
        # The status schema stands alone: texts name the path inside it, fields the whole path.
        inside = explain(status, obj["status"], "", before.field(self.root, "status"))
        return [Cause(c.reason, c.message, _below_status(c.field)) for c in inside]


def _below_status(field: str) -> str:
    if field in ("", causes.NO_FIELD):
        return "status"
    return f"status{field}" if field.startswith("[") else f"status.{field}"


def compile_schema(schema: dict[str, Any]) -> Structural:
    """``openAPIV3Schema`` -> Structural. Raises SchemaError on keywords of a wrong type; see ``check_structural``."""
    return Structural(parse_schema(schema))
