"""CEL, the expression language of ``x-kubernetes-validations``, with the functions Kubernetes adds to it.

Owns the language (lexer, parser, macros, static types, evaluation) and the libraries a kube-apiserver 1.37 offers:
strings, lists, sets, regex, url, ip, cidr, quantity, semver, format, optionals, two-variable comprehensions. Does
not know schemas, objects or what a result is used for; ``k8s.schema`` declares types and runs rules, ``rules``
conditions.

Values are Python's own: int, float, str, bool, bytes, None, list, dict; the rest is in ``values``. A JSON object is
a binding as it stands, nothing is converted. Invariants: a Program is immutable and may be shared; every evaluation
ends, its steps are counted against a budget; whatever goes wrong is a CelError with a place. Flow: text ->
``lexer`` -> ``parser`` (macros) -> ``checker`` (types) -> ``compiler`` (closures) -> Program.evaluate.
"""

from orkestra.k8s.cel.errors import CelCompileError, CelError
from orkestra.k8s.cel.paths import Chain, chains
from orkestra.k8s.cel.program import Program, compile_cel
from orkestra.k8s.cel.types import Type

__all__ = ["CelCompileError", "CelError", "Chain", "Program", "Type", "chains", "compile_cel"]
