"""Go's template language: text -> tree -> closures -> text, and a shorter way for what is rendered often (shortcut).

Owns the whole of Go's ``text/template`` as Katalogs use it (actions, pipelines, variables, control structures, named
templates, literals, built-in functions with Go's printing and comparison rules) and the functions beside it
(``functions``). Does not own what the data mean: it knows neither Kubernetes nor Katalogs, and reads neither clock
nor network; time and randomness come with the Environment of a render.

Invariants: the only exceptions that leave are TemplateSyntaxError (from ``compile``) and TemplateError (from a
render), each with line and column; no text and no data makes a render run, recurse or grow without bound; rendering
never changes the data.

Place: the Katalog is compiled once into Templates; each reconcile renders them with the CR and what was observed.

    lexer -> parser -> nodes -> statements, expressions, calls, fields -> compile (Template)
                             -> shortcut, after 200 renders
"""

from orkestra.template.compile import Template, compile
from orkestra.template.environment import DEFAULT_ENVIRONMENT, Environment, Limits
from orkestra.template.errors import FunctionError, TemplateError, TemplateFault, TemplateSyntaxError
from orkestra.template.functions.function import Declared, Function
from orkestra.template.reads import Read

__all__ = [
    "DEFAULT_ENVIRONMENT",
    "Declared",
    "Environment",
    "Function",
    "FunctionError",
    "Limits",
    "Read",
    "Template",
    "TemplateError",
    "TemplateFault",
    "TemplateSyntaxError",
    "compile",
]
