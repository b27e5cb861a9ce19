"""Server-side apply: which manager owns which field, and what an apply makes of an object.

Owns: FieldsV1 and its set algebra, the reading of schemas as map and list semantics, merge and removal by ownership,
conflicts, managedFields of every verb. Does not own: defaulting, validation, admission, storage; the caller does them
around these functions. Invariants: objects given are never changed; ownership is a pure function of its arguments
(time comes in as ``now``); a request that changes nothing keeps every timestamp. Place: the embedded API server calls
`apply` for apply patches and `track_update` for create, update, the other patches and subresources.

Rules: sigs.k8s.io/structured-merge-diff v6 (merge/update.go, typed/, fieldpath/) and k8s.io/apimachinery
pkg/util/managedfields. ``hack/apply/record.py`` records a real server's verdicts; the tests hold these to them.
"""

from orkestra.k8s.apply.fieldset import FieldSet
from orkestra.k8s.apply.requests import apply, track_update
from orkestra.k8s.apply.types import CustomTypes, Types, builtin_types

__all__ = ["CustomTypes", "FieldSet", "Types", "apply", "builtin_types", "track_update"]
