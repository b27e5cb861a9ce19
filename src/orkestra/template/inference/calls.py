"""One call of a function: does it take these arguments, what does it give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, NamedTuple

from orkestra.template.errors import FunctionError
from orkestra.template.functions.function import Function
from orkestra.template.inference.comparisons import COMPARISONS, compared
from orkestra.template.inference.formats import format_problem
from orkestra.template.inference.problems import Trouble
from orkestra.template.inference.shapes import NUMBERS, UNKNOWN, Path, Shape, described, either, of_constant
from orkestra.template.inference.signatures import MISREADS, REFUSES, SUBJECT_FIRST, WORDS, signature_of

_LARGEST_FOLDED: Final = 4096
_PASSING: Final = frozenset(("strings", "data"))
_CHOICES: Final = {"default": (0, 1), "boolDefault": (0, 1), "ternary": (1, 2), "boolTernary": (1, 2)}
_SECTIONS: Final = {"spec": ("spec",), "status": ("status",), "meta": ("metadata",)}
_BY_PATH: Final = frozenset(("getOr", "getStringOr", "getIntOr", "getBoolOr"))
_LAST: Final = "a pipe fills the last place"
_CUTS: Final = frozenset(("len", "index", "slice"))


class Call(NamedTuple):
    row: Function
    arguments: tuple[Shape, ...]
    is_piped: bool = False


class Outcome(NamedTuple):
    """``position``: the argument a problem is about, -1 for the call. ``path``: what the call reads, when it only
    reads; ``is_named``: by a text that the reader of paths does not follow."""

    shape: Shape = UNKNOWN
    problem: tuple[Trouble, str] | None = None
    position: int = -1
    path: Path | None = None
    is_named: bool = False
    hint: str = ""


def judge_call(call: Call) -> Outcome:
    row, name = call.row, call.row.name
    if name in COMPARISONS and row.domain == "go":
        return _comparison(call)
    if name in ("and", "or") and row.domain == "go":
        return _logic(call)
    if name == "printf":
        return _printf(call)
    refused = _refused(call)
    if refused is not None:
        return refused
    folded = _folded(call)
    if folded is not None:
        return folded
    if call.is_piped and name in SUBJECT_FIRST and _is_turned(call):
        return _turned(call)
    read = _read(call)
    if read is not None:
        return read
    if name in _CHOICES or name == "coalesce":
        return _choice(call)
    doubtful = _doubtful(call)
    result = Shape(signature_of(row).result, optional=_passed_on(call))
    return doubtful._replace(shape=result) if doubtful is not None else Outcome(result)


def _refused(call: Call) -> Outcome | None:
    """An argument of a type that the parameter never takes."""
    row = call.row
    if row.domain == "go":
        return _refused_by_go(call)
    signature = signature_of(row)
    for position, shape in enumerate(call.arguments):
        sort = signature.sort_of(position)
        kinds = shape.kinds - {"null"}
        if not sort or not kinds or (shape.is_constant and shape.constant in ("", None)):
            continue
        wrong = kinds <= REFUSES.get(sort, frozenset())
        if not wrong and sort in ("int", "number") and shape.is_constant and isinstance(shape.constant, str):
            wrong = not _is_number(shape.constant)
        if wrong:
            message = f"{row.name} takes {WORDS[sort]}, not {described(shape)}"
            hint = _LAST if call.is_piped and len(call.arguments) > 1 else ""
            return Outcome(Shape(signature.result), (Trouble.REFUSED, message), position, hint=hint)
    return None


def _refused_by_go(call: Call) -> Outcome | None:
    name = call.row.name
    kinds = call.arguments[0].kinds - {"null"} if call.arguments else frozenset[str]()
    if name in _CUTS and kinds and kinds <= NUMBERS | {"boolean"} and (name == "len" or len(call.arguments) > 1):
        message = f"{name} takes text, a list or a map, not {described(call.arguments[0])}"
        return Outcome(problem=(Trouble.REFUSED, message))
    return None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return not text.strip()
    return True


def _folded(call: Call) -> Outcome | None:
    """The result of a call whose arguments are all written in the template."""
    row = call.row
    if row.call is None or row.is_volatile or row.needs_environment or not call.arguments:
        return None
    values = [shape.constant for shape in call.arguments]
    if not all(shape.is_constant for shape in call.arguments) or not all(_is_small(value) for value in values):
        return None
    try:
        result = row.call(*values)
    except FunctionError as error:
        return Outcome(Shape(signature_of(row).result), (Trouble.REFUSED, f"{row.name}: {error}"))
    except Exception:
        return None
    if result is None or isinstance(result, bool | int | float | str):
        outcome = Outcome(of_constant(result))
        for position, shape in enumerate(call.arguments):
            if signature_of(row).sort_of(position) == "string" and not isinstance(shape.constant, str):
                message = f"{row.name} takes text, not {described(shape)}"
                return outcome._replace(problem=(Trouble.DOUBTFUL, message), position=position)
        return outcome
    return Outcome(Shape(signature_of(row).result))


def _is_small(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= _LARGEST_FOLDED
    return value is None or (isinstance(value, int | float) and abs(value) <= _LARGEST_FOLDED)


def _doubtful(call: Call) -> Outcome | None:
    """A number wanted, and the schema says text."""
    signature = signature_of(call.row)
    for position, shape in enumerate(call.arguments):
        sort = signature.sort_of(position)
        if shape.is_constant or not shape.kinds:
            if sort == "string" and shape.is_constant and not isinstance(shape.constant, str | None):
                message = f"{call.row.name} takes text, not {described(shape)}"
                return Outcome(problem=(Trouble.DOUBTFUL, message), position=position)
            continue
        if sort in MISREADS and shape.path and shape.kinds - {"null"} <= MISREADS[sort]:
            message = f"{call.row.name} takes {WORDS[sort]}, and {described(shape)} may be something else"
            return Outcome(problem=(Trouble.DOUBTFUL, message), position=position)
    return None


def _comparison(call: Call) -> Outcome:
    name, arguments = call.row.name, call.arguments
    shape = Shape(frozenset(("boolean",)))
    if len(arguments) < 2:
        return Outcome(shape)
    first, *others = arguments
    for other in others:
        verdict = compared(name, first, other)
        if verdict is not None:
            return Outcome(shape, (verdict.trouble, verdict.message), hint=verdict.hint)
    if call.is_piped and name in SUBJECT_FIRST and _is_turned(call):
        return _turned(call)._replace(shape=shape)
    folded = _folded(call)
    return folded or Outcome(shape)


def _logic(call: Call) -> Outcome:
    if all(shape.is_constant for shape in call.arguments):
        return Outcome(call.arguments[-1])
    unused = _after_constant(call) if call.row.name == "or" else None
    return unused or Outcome(either(call.arguments))


def _after_constant(call: Call) -> Outcome | None:
    """Values behind one that is never empty: nobody gets to them."""
    for shape in call.arguments[:-1]:
        if shape.is_constant and shape.constant:
            message = f"{call.row.name} ends at {described(shape)}, which is never empty: what follows never counts"
            return Outcome(replace(shape, constant=shape.constant), (Trouble.UNUSED, message))
        if not shape.is_constant:
            return None
    return None


def _choice(call: Call) -> Outcome:
    name, arguments = call.row.name, call.arguments
    if name == "coalesce":
        return _after_constant(call) or Outcome(either(arguments))
    shape = either(arguments[n] for n in _CHOICES[name] if n < len(arguments))
    if name in ("ternary", "boolTernary") and arguments and arguments[0].is_constant:
        message = f"{name} begins with the condition, and {described(arguments[0])} is the same for all data"
        return Outcome(shape, (Trouble.UNUSED, message), 0, hint="the order is condition, then, else")
    if name in ("default", "boolDefault") and len(arguments) == 2:
        fallback, value = arguments
        if value.is_constant and value.constant and not fallback.is_constant:
            message = f"{name} ends with the value, and {described(value)} is never empty: the rest never counts"
            return Outcome(shape, (Trouble.UNUSED, message), hint="the default comes first, the value last")
        if fallback.is_constant and fallback.constant == "":
            return Outcome(replace(shape, optional=value.optional))
    return Outcome(shape)


def _printf(call: Call) -> Outcome:
    shape = Shape(frozenset(("string",)), optional=_passed_on(call))
    if not call.arguments or not isinstance(call.arguments[0].constant, str):
        return Outcome(shape)
    message, hint = format_problem(call.arguments[0].constant, call.arguments[1:])
    return Outcome(shape, (Trouble.FORMAT, message) if message else None, hint=hint)


def _is_turned(call: Call) -> bool:
    """The pipe filled the last place, and the first has a constant where the subject belongs."""
    first, last = call.arguments[0], call.arguments[-1]
    return len(call.arguments) > 1 and first.is_constant and not last.is_constant


def _turned(call: Call) -> Outcome:
    name, arguments = call.row.name, call.arguments
    shown = ".".join(arguments[-1].path or ())
    right = " ".join([name, f".{shown}" if shown else "…", *(described(shape) for shape in arguments[:-1])])
    message = f"{name}: a pipe fills the last place, so {described(arguments[0])} comes first"
    return Outcome(Shape(signature_of(call.row).result), (Trouble.REVERSED, message), hint=f"write {right}")


def _read(call: Call) -> Outcome | None:
    """Calls that only look into an object."""
    name, arguments = call.row.name, call.arguments
    if not arguments or arguments[0].path is None:
        return None
    path = arguments[0].path
    if name in _SECTIONS and len(arguments) == 1:
        return Outcome(path=(*path, *_SECTIONS[name]), is_named=True)
    if name in ("get", "index", "mapGet", "listGet") and len(arguments) > 1:
        steps = tuple(_step(shape) for shape in arguments[1:])
        return Outcome(path=path + steps, is_named=name in ("get", "mapGet"))
    if name in _BY_PATH and len(arguments) == 3 and isinstance(arguments[1].constant, str):
        steps = tuple(part for part in arguments[1].constant.split(".") if part)
        if steps and not any("[" in step for step in steps):
            return Outcome(Shape(signature_of(call.row).result, path=None), path=path + steps, is_named=True)
    return None


def _step(shape: Shape) -> str:
    return shape.constant if isinstance(shape.constant, str) else "*"


def _passed_on(call: Call) -> frozenset[Path]:
    """What leaves the result empty where it is absent: text functions make nothing of nothing."""
    if call.row.domain in _PASSING or call.row.name in ("printf", "toString", "asString"):
        return frozenset().union(*(shape.optional for shape in call.arguments))
    return frozenset()
