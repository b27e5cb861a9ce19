"""``printf`` with a constant format: are there as many arguments as verbs, and does each verb print its argument.

Rules: go ``src/fmt/print.go`` and ``src/fmt/doc.go``; a verb that does not fit prints ``%!d(string=x)``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from orkestra.template.inference.shapes import Shape, described

_VERB: Final = re.compile(r"%[#0+\- ]*(?P<width>\d*)(?:\.\d*)?(?P<verb>.?)", re.DOTALL)
_TAKES: Final = {
    **dict.fromkeys("sq", frozenset(("string",))),
    **dict.fromkeys("dbocU", frozenset(("integer",))),
    **dict.fromkeys("eEfFgG", frozenset(("number",))),
    **dict.fromkeys("xX", frozenset(("string", "integer", "number"))),
    "t": frozenset(("boolean",)),
}
_INTEGERS: Final = frozenset("dbocUO")


def format_problem(text: str, arguments: Sequence[Shape]) -> tuple[str, str]:
    """(what is wrong, the way out), both empty where nothing is or where the format counts in its own ways."""
    verbs = []
    for found in _VERB.finditer(text):
        verb = found["verb"]
        if verb in ("[", "*"):
            return "", ""
        if verb != "%":
            verbs.append(verb)
    if len(verbs) != len(arguments):
        count, given = _counted(len(verbs), "verb"), _counted(len(arguments), "argument")
        return f"printf: the format has {count} and gets {given}", ""
    for verb, shape in zip(verbs, arguments, strict=True):
        takes = _TAKES.get(verb)
        if not verb or (takes is None and verb not in "vTwpO"):
            return f"printf: %{verb} is no verb", "%v prints any value"
        kinds = shape.kinds - {"null"}
        if takes is None or not kinds or kinds & takes or kinds & {"array", "object"}:
            continue  # verbs look into lists and maps
        if kinds == {"number"} and verb in _INTEGERS:
            continue  # it may be whole
        return f"printf: %{verb} does not print {described(shape)}", "%v prints any value"
    return "", ""


def _counted(n: int, word: str) -> str:
    return f"{n} {word}{'' if n == 1 else 's'}"
