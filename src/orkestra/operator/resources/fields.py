"""Typed reads of rendered fields: Katalog numbers are strings so that they can be templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orkestra.k8s.quantity import QuantityError, canonical_quantity
from orkestra.template.times.durations import DurationError, parse_duration


class FieldError(ValueError):
    """A rendered value that does not fit its field. ``field`` is a dotted path below the entry."""

    def __init__(self, field: str, expected: str, got: Any) -> None:
        self.field = field
        self.expected = expected
        self.got = got
        shown = repr(got)
        super().__init__(f"{field}: expected {expected}, got {shown if len(shown) <= 80 else shown[:77] + '...'}")

    def below(self, path: str) -> FieldError:
        """The same error, seen from the map that holds this one at ``path``."""
        return FieldError(f"{path}.{self.field}", self.expected, self.got)

    @property
    def without_value(self) -> str:
        """The message for values that nobody may read in a status or a log."""
        return f"{self.field}: expected {self.expected}"


@dataclass(frozen=True, slots=True)
class ChildContext:
    """What a builder may know beside its fields: identity, and the entry's neighbours of the same CR."""

    name: str
    namespace: str
    cr_name: str
    workloads: Mapping[str, str]
    """Names of the CR's workloads, in order -> value of their ``app`` label."""
    scalable: Mapping[str, str] = field(default_factory=dict)
    """Names of those that can be scaled -> their kind."""
    cr_namespace: str = ""
    """Empty for a CR of the cluster."""


Fields = Mapping[str, Any]


def text(fields: Fields, name: str, default: str = "") -> str:
    value = fields.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise FieldError(name, "text", value)


def required_text(fields: Fields, name: str) -> str:
    value = text(fields, name)
    if not value:
        raise FieldError(name, "a value", fields.get(name) or "")
    return value


def integer(fields: Fields, name: str, default: int | None = None) -> int | None:
    """A whole number, or ``default`` where the field is missing or renders empty. Raises FieldError."""
    value = fields.get(name)
    if value is None or value == "":
        return default
    return as_integer(value, name)


def required_integer(fields: Fields, name: str) -> int:
    number = integer(fields, name)
    if number is None:
        raise FieldError(name, "a whole number", fields.get(name) or "")
    return number


def seconds(fields: Fields, name: str) -> float:
    """A duration; 0 where the field is missing or renders empty. Raises FieldError."""
    written = text(fields, name)
    try:
        return parse_duration(written) if written else 0.0
    except DurationError:
        raise FieldError(name, "a duration such as 12h or 90d", written) from None


def as_integer(value: Any, name: str) -> int:
    if isinstance(value, bool):
        raise FieldError(name, "a whole number", value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    try:
        return value if isinstance(value, int) else int(str(value).strip())
    except ValueError:
        raise FieldError(name, "a whole number", value) from None


def port(value: Any, name: str) -> int:
    number = as_integer(value, name)
    if not 1 <= number <= 65535:
        raise FieldError(name, "a port between 1 and 65535", value)
    return number


def integer_or_text(value: Any) -> int | str:
    """An IntOrString: digits become a number, everything else (a port name, a percentage) stays text."""
    if isinstance(value, int):
        return int(value)
    word = str(value).strip()
    return int(word) if word.isdigit() else word


def boolean(fields: Fields, name: str, default: bool = False) -> bool:
    value = fields.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in ("true", "false"):
        return word == "true"
    raise FieldError(name, "true or false", value)


def text_map(fields: Fields, name: str) -> dict[str, str]:
    """A map of text; entries that render to nothing at all (null) are left out."""
    value = fields.get(name)
    if value is None or value == "":
        return {}
    if not isinstance(value, Mapping):
        raise FieldError(name, "a map", value)
    return {str(k): text(value, k) for k, v in value.items() if v is not None}


def items(fields: Fields, name: str) -> Sequence[Any]:
    value = fields.get(name)
    if value is None or value == "":
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise FieldError(name, "a list", value)
    return value


def texts(fields: Fields, name: str) -> list[str]:
    return [text({name: item}, name) for item in items(fields, name)]


def maps(fields: Fields, name: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for index, item in enumerate(items(fields, name)):
        if not isinstance(item, Mapping):
            raise FieldError(f"{name}[{index}]", "a map", item)
        found.append(item)
    return found


def mapping(fields: Fields, name: str) -> Mapping[str, Any]:
    value = fields.get(name)
    if value is None or value == "":
        return {}
    if not isinstance(value, Mapping):
        raise FieldError(name, "a map", value)
    return value


def described(fields: Fields, labels: dict[str, str] | None = None) -> dict[str, Any]:
    """The metadata an entry declares: its labels (or ``labels`` in their place) and annotations."""
    own = text_map(fields, "labels") if labels is None else labels
    return {"labels": own, "annotations": text_map(fields, "annotations")}


def selector(fields: Fields, name: str) -> dict[str, Any]:
    """A LabelSelector; a missing or empty one selects everything."""
    declared = mapping(fields, name)
    tests = [
        compact(
            {"key": required_text(t, "key"), "operator": required_text(t, "operator"), "values": texts(t, "values")}
        )
        for t in maps(declared, "matchExpressions")
    ]
    return compact({"matchLabels": text_map(declared, "matchLabels"), "matchExpressions": tests})


def quantities(fields: Fields, name: str, where: str) -> dict[str, str]:
    """A map of resource quantities in the form the API server stores, so that they compare equal later."""
    return {key: as_quantity(value, f"{where}.{key}") for key, value in text_map(fields, name).items() if value}


def as_quantity(value: str, name: str) -> str:
    try:
        return canonical_quantity(value)
    except QuantityError:
        raise FieldError(name, "a quantity such as 250m, 2 or 512Mi", value) from None


def compact(value: dict[str, Any]) -> dict[str, Any]:
    """``value`` without keys whose value is None, "" or an empty list or map: what the API server would drop."""
    return {key: item for key, item in value.items() if not (item is None or item == "" or item == [] or item == {})}
