"""Built-in kinds as typed values: what a Go server's decode and encode do to a document.

Owns: type checks against the built-in OpenAPI definitions, dropping unknown and null fields, zero values that are
always printed, canonical quantities and times. Does not own: defaults a kind's own code sets (``kinds``) and
validation beyond JSON types.

Invariants: a document is copied, never changed; the result shares only opaque subtrees (``fieldsV1``, raw
extensions) with it. Place: the first step of every write of a built-in kind, and of every patch's result.
"""

from orkestra.devserver.typed.decoder import Typed, decode_as, decode_metadata
from orkestra.devserver.typed.scalars import Mismatch
from orkestra.devserver.typed.unknown import unknown_fields

__all__ = ["Mismatch", "Typed", "decode_as", "decode_metadata", "unknown_fields"]
