"""YAML as a tree in which every key and value knows its place.

Owns: reading bytes as UTF-8, libyaml's events, the tree, kubectl's rules for plain scalars, limits on hostile input
(size, depth, alias expansion), and the way from an offset inside a scalar's text to a line and column of the file. Does
not own what the keys mean.

Invariants: the written text of a scalar is kept, and resolved only when asked for; an alias is the node it names, so
work on a tree is bounded by ``MAX_NODES`` alias expansions; everything wrong is a finding, nothing raises.

Place in the flow: first stage of loading; ``schema`` decodes the tree.
"""

from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode, plain_value
from orkestra.katalog.source.origin import Origin
from orkestra.katalog.source.parse import decode_text, parse, parse_documents

__all__ = [
    "ListNode",
    "MapNode",
    "Node",
    "Origin",
    "ScalarNode",
    "decode_text",
    "parse",
    "parse_documents",
    "plain_value",
]
