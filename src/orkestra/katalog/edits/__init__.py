"""Rewriting a file without reformatting it.

Owns: a file as parts that tile its text (``outline``), reading and printing them (``reading``, ``printing``), what a
file means whatever it looks like (``meaning``), and the rewriting made of these: other generations of the language to
today's (``migration``), findings that are mechanical (``fixes``), and the canonical layout (``layout``). Does not own
what the keys mean: ``schema`` says what is an other spelling, and of what.

Invariants: what nothing is meant to change keeps its bytes: comments, order, quotes, anchors, line ends; a new text is
handed out only after it was parsed again and means what it was meant to mean; nothing raises for bad input.

Place in the flow: beside loading; it reads ``source`` and the tables of ``schema`` and gives text back.
"""

from orkestra.katalog.edits.outline import Kind, Outline, Part
from orkestra.katalog.edits.printing import print_outline
from orkestra.katalog.edits.reading import read_outline

__all__ = ["Kind", "Outline", "Part", "print_outline", "read_outline"]
