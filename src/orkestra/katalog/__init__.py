"""katalog.yaml -> frozen model; knows no cluster and no clock.

Owns: reading the file (``source``), what users may write (``schema``), rules across fields (``checks``), findings
(``diagnostics``), compiled values and the model. Does not own what is done with the model, nor evaluating conditions
(``rules``).

Invariants: the model is immutable and complete, with defaults filled in; no model has a finding that is an error;
templates are compiled once; loading never raises for bad input and its work is bounded.

Place in the flow: text -> ``source`` tree -> ``schema`` decoding -> ``compile`` -> ``checks`` -> Katalog. The operator
renders its values and ``rules.when`` decides its conditions.
"""

from orkestra.katalog.diagnostics import Diagnostic, Severity, render
from orkestra.katalog.load import is_runnable, load, load_artifact, load_document, load_place, load_text
from orkestra.katalog.model import Block, Katalog, OperatorBox, ResourceEntry
from orkestra.katalog.terms import Condition, Conditions
from orkestra.katalog.values import Constant, RenderError, Value

__all__ = [
    "Block",
    "Condition",
    "Conditions",
    "Constant",
    "Diagnostic",
    "Katalog",
    "OperatorBox",
    "RenderError",
    "ResourceEntry",
    "Severity",
    "Value",
    "is_runnable",
    "load",
    "load_artifact",
    "load_document",
    "load_place",
    "load_text",
    "render",
]
