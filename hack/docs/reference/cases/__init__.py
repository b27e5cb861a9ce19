"""A bad and a good example of every diagnostic code; the tests load them all.

Owns: what each code means to a user, a definition that gets it, and the same definition put right. Does not own the
findings' texts: those on the page are what the loader says about the bad example.
"""

from reference.cases.case import CRD, Case, load_case
from reference.cases.compatibility import COMPATIBILITY
from reference.cases.composition import COMPOSITION
from reference.cases.conditions import CONDITIONS
from reference.cases.delivery import DELIVERY
from reference.cases.entries import ENTRIES
from reference.cases.expressions import EXPRESSIONS
from reference.cases.judgement import JUDGEMENT
from reference.cases.references import REFERENCES
from reference.cases.resources import RESOURCES
from reference.cases.structure import STRUCTURE
from reference.cases.yaml_text import YAML_TEXT

CASES = (
    *YAML_TEXT,
    *STRUCTURE,
    *REFERENCES,
    *CONDITIONS,
    *RESOURCES,
    *COMPATIBILITY,
    *COMPOSITION,
    *JUDGEMENT,
    *EXPRESSIONS,
    *ENTRIES,
    *DELIVERY,
)
"""In the order of the page."""

__all__ = ["CASES", "CRD", "Case", "load_case"]
