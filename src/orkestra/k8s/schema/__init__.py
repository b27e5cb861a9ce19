"""Structural schemas: what a CRD's ``openAPIV3Schema`` does to objects, and whether the CRD itself is sound.

Owns defaulting, pruning and validation of custom resources, the wording of field errors, and the validation of
CustomResourceDefinitions. Does not own the CEL engine (``k8s.cel``), typed metadata of stored objects, storage or
HTTP.

Invariants: a schema is read and compiled once and is then immutable; objects are plain dicts, changed in place by
``default`` and ``prune`` only; an accepted object costs no path and no text, words are made when something is
wrong. Place in the flow: request body -> ``default`` -> ``prune`` -> admission -> ``validate`` -> ``invalid(...)``
or storage.
"""
