"""Structural schemas: what a CRD's ``openAPIV3Schema`` does to objects, and whether the CRD itself is sound.

Owns defaulting, pruning and validation of custom resources, the wording of field errors, and the validation of
CustomResourceDefinitions. Does not own the CEL engine (``k8s.cel``), typed metadata of stored objects, storage or
HTTP.

Invariants: a schema is read and compiled once and is then immutable; objects are plain dicts, changed in place by
``default`` and ``prune`` only; an accepted object costs no path and no text, words are made when something is
wrong. Place in the flow: request body -> ``default`` -> ``prune`` -> admission -> ``validate`` -> ``invalid(...)``
or storage.
"""

from orkestra.k8s.schema.causes import invalid
from orkestra.k8s.schema.crd import default_crd, validate_crd
from orkestra.k8s.schema.node import SchemaError
from orkestra.k8s.schema.soundness import check_structural
from orkestra.k8s.schema.structural import Structural, compile_schema

__all__ = ["SchemaError", "Structural", "check_structural", "compile_schema", "default_crd", "invalid", "validate_crd"]
