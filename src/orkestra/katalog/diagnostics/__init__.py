"""What the loader has to say about a file, as data.

Owns: ``Diagnostic`` (code, severity, message, file, span, hint, related places), the table of codes, the collector
every loading stage writes to, and the forms a run is shown in: for people (``human``), scripts (``documents``), code
scanning (``sarif``), test reporters (``junit``) and pull requests (``annotations``). Does not own any check.

Invariants: a code is never given a second meaning; a diagnostic carries the source line it points at, so rendering
needs no file; lines and columns count from 1; a collector holds a bounded number of findings.

Place in the flow: every stage from YAML to the model adds findings and goes on where it can; ``load`` returns them all.
"""

from orkestra.katalog.diagnostics.codes import CODES, RETIRED, Code, Retired, Severity
from orkestra.katalog.diagnostics.finding import Diagnostic, Findings, Related, SourceText, Span
from orkestra.katalog.diagnostics.human import render

__all__ = [
    "CODES",
    "RETIRED",
    "Code",
    "Diagnostic",
    "Findings",
    "Related",
    "Retired",
    "Severity",
    "SourceText",
    "Span",
    "render",
]
