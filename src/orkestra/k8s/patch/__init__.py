"""The three patch formats of the API: JSON Patch, JSON Merge Patch and Strategic Merge Patch.

Owns: turning (document, patch) into a new document, with the API server's verdicts where a patch is wrong. Does not
own: server-side apply (``k8s.apply``), validation of the result. Invariants: inputs are never changed; parts of the
document that stay are shared with the result; work is bounded (operations, copied bytes, depth). Used by the embedded
API server for PATCH requests, and by the runtime for the smallest patch between two states.
"""

from orkestra.k8s.patch.jsonpatch import json_patch
from orkestra.k8s.patch.merge import create_merge_patch, merge_patch
from orkestra.k8s.patch.strategic import strategic_merge

__all__ = ["create_merge_patch", "json_patch", "merge_patch", "strategic_merge"]
