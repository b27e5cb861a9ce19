"""One Katalog out of many files: Komposers with their imports and overrides, includes, Motifs.

Owns: finding what a file brings in, merging it by the rules of precedence, where each value came from, what is wrong
with all that, the lock of remote imports, and showing the result. Does not own what the merged tree means: ``schema``
reads it as it reads any Katalog, and a finding in it names the file its node came from.

Invariants: works on trees, before decoding, and never raises for bad input; a merged tree is a whole Katalog, which
printed and read again means the same; given a ``Fetch``, the result depends on files and answers alone; files, depth,
bytes and nodes are bounded (``weaving``). All I/O beyond files is in ``imports``.

Place in the flow: text -> ``source`` tree -> ``compose`` -> ``schema`` decoding. For whoever wants the merged result
itself: ``compose(path)`` gives (Composed or None, findings); ``Composed.tree`` is the Katalog, ``to_yaml(composed)``
its text, ``Composed.contents`` all that was read, ``Composed.trail`` tells the origin of every value.
"""

from orkestra.katalog.compose.beside import fetcher_beside
from orkestra.katalog.compose.entry import (
    COMPOSED,
    Composed,
    compose,
    compose_tree,
    judge_motif,
    kind_of,
    parsed,
    with_expectations,
)
from orkestra.katalog.compose.fetching import Auth, Fetch, FetchError, Reference
from orkestra.katalog.compose.output import to_json, to_yaml
from orkestra.katalog.places import Artifact

__all__ = [
    "COMPOSED",
    "Artifact",
    "Auth",
    "Composed",
    "Fetch",
    "FetchError",
    "Reference",
    "compose",
    "compose_tree",
    "fetcher_beside",
    "judge_motif",
    "kind_of",
    "parsed",
    "to_json",
    "to_yaml",
    "with_expectations",
]
