"""What each served kind does to an object: decode, prepare, default, validate, convert.

Owns the differences between kinds; the verbs (``writes``) are the same for all. `Kind` is what the verbs see;
`BuiltinKind` answers from the packaged definitions and the tables in ``defaults``, ``rules`` and ``traits``,
`CustomKind` from a CustomResourceDefinition. Does not own storage or the order of a write's steps.

Invariants: a kind is immutable (a changed definition makes new kinds); methods that prepare change only the fresh
object they are given, never the old one.
"""

from orkestra.devserver.kinds.builtin import BuiltinKind
from orkestra.devserver.kinds.custom import CustomKind
from orkestra.devserver.kinds.kind import Decoded, Kind

__all__ = ["BuiltinKind", "CustomKind", "Decoded", "Kind"]
