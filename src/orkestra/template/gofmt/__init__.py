"""Printing as Go's ``fmt`` and ``strconv`` print, over JSON-like values.

Owns what a value looks like as text: ``%v`` of everything (``text_of``), ``printf`` with its verbs, flags, widths
and its own way of reporting mistakes inside the output. Knows nothing of templates. Invariants: the text is what Go
1.26 would print, byte for byte, for values decoded from JSON with 64-bit integers; nothing grows beyond the limit
it is given. Place: ``functions`` and ``expressions`` print through it.
"""

from orkestra.template.gofmt.formats import sprintf
from orkestra.template.gofmt.printer import sprint, sprintln, text_of

__all__ = ["sprint", "sprintf", "sprintln", "text_of"]
