"""Which functions exist and what they take: the overloads the checker chooses among.

Overloads are written ``name = arguments -> result | …``; a leading ``type.`` makes it a method; A, B, T are type
parameters. Sources: cel-go common/stdlib/standard.go, cel/library.go, ext/{strings,lists,sets,comprehensions}.go;
k8s.io/apiserver pkg/cel/library (what environment/base.go lets a 1.37 server offer).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from orkestra.k8s.cel.types import NAMED_TYPES, Type, list_of, map_of, optional_of, type_of


@dataclass(frozen=True, slots=True)
class Overload:
    """``args`` includes the target of a method, first."""

    is_method: bool
    args: tuple[Type, ...]
    result: Type
    params: frozenset[str]


_SORTABLE = ["int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes"]
"""In the order that decides for an empty list."""
_COMPARISON = [
    ("bool", "bool"),
    *(("int", other) for other in ("int", "double", "uint")),
    *(("uint", other) for other in ("uint", "double", "int")),
    *(("double", other) for other in ("double", "int", "uint")),
    *((each, each) for each in ("string", "bytes", "timestamp", "duration")),
]
"""In the order that decides for what has no type yet."""

_TEXT = """
_?_:_ = bool, A, A -> A
!_ = bool -> bool
-_ = int -> int | double -> double
_==_ = A, A -> bool
_!=_ = A, A -> bool
_+_ = bytes, bytes -> bytes | double, double -> double
_+_ = duration, duration -> duration | duration, timestamp -> timestamp
_+_ = timestamp, duration -> timestamp | int, int -> int | list(A), list(A) -> list(A)
_+_ = string, string -> string | uint, uint -> uint
_-_ = double, double -> double | duration, duration -> duration
_-_ = int, int -> int | timestamp, duration -> timestamp
_-_ = timestamp, timestamp -> duration | uint, uint -> uint
_*_ = double, double -> double | int, int -> int | uint, uint -> uint
_/_ = double, double -> double | int, int -> int | uint, uint -> uint
_%_ = int, int -> int | uint, uint -> uint
@in = A, list(A) -> bool | A, map(A, B) -> bool
_[_] = list(A), int -> A | map(A, B), A -> B
_[_] = optional(list(A)), int -> optional(A) | optional(map(A, B)), A -> optional(B)
_[?_] = list(A), int -> optional(A) | optional(list(A)), int -> optional(A) | map(A, B), A -> optional(B)
_[?_] = optional(map(A, B)), A -> optional(B)
size = bytes -> int | bytes.() -> int | list(A) -> int
size = list(A).() -> int | map(A, B) -> int | map(A, B).() -> int
size = string -> int | string.() -> int
type = A -> type(A)
dyn = A -> dyn
bool = bool -> bool | string -> bool
bytes = bytes -> bytes | string -> bytes
double = double -> double | int -> double | string -> double | uint -> double
duration = duration -> duration | string -> duration
int = int -> int | double -> int | duration -> int | string -> int | timestamp -> int | uint -> int
string = string -> string | bool -> string | bytes -> string
string = double -> string | duration -> string | int -> string
string = timestamp -> string | uint -> string | net.IP -> string | net.CIDR -> string
timestamp = timestamp -> timestamp | int -> timestamp | string -> timestamp
uint = uint -> uint | double -> uint | int -> uint | string -> uint
contains = string.(string) -> bool
startsWith = string.(string) -> bool
endsWith = string.(string) -> bool
matches = string, string -> bool | string.(string) -> bool
getFullYear = timestamp.() -> int | timestamp.(string) -> int
getMonth = timestamp.() -> int | timestamp.(string) -> int
getDayOfYear = timestamp.() -> int | timestamp.(string) -> int
getDayOfMonth = timestamp.() -> int | timestamp.(string) -> int
getDate = timestamp.() -> int | timestamp.(string) -> int
getDayOfWeek = timestamp.() -> int | timestamp.(string) -> int
getHours = timestamp.() -> int | timestamp.(string) -> int | duration.() -> int
getMinutes = timestamp.() -> int | timestamp.(string) -> int | duration.() -> int
getSeconds = timestamp.() -> int | timestamp.(string) -> int | duration.() -> int
getMilliseconds = timestamp.() -> int | timestamp.(string) -> int | duration.() -> int
optional.of = A -> optional(A)
optional.ofNonZeroValue = A -> optional(A)
optional.none = -> optional(A)
hasValue = optional(A).() -> bool
value = optional(A).() -> A
or = optional(A).(optional(A)) -> optional(A)
orValue = optional(A).(A) -> A
charAt = string.(int) -> string
indexOf = string.(string) -> int | string.(string, int) -> int | list(A).(A) -> int
lastIndexOf = string.(string) -> int | string.(string, int) -> int | list(A).(A) -> int
join = list(string).() -> string | list(string).(string) -> string
lowerAscii = string.() -> string
upperAscii = string.() -> string
replace = string.(string, string) -> string | string.(string, string, int) -> string
split = string.(string) -> list(string) | string.(string, int) -> list(string)
substring = string.(int) -> string | string.(int, int) -> string
trim = string.() -> string
format = string.(list(dyn)) -> string
strings.quote = string -> string
find = string.(string) -> string
findAll = string.(string) -> list(string) | string.(string, int) -> list(string)
first = list(A).() -> optional(A)
last = list(A).() -> optional(A)
optional.unwrap = list(optional(A)) -> list(A)
unwrapOpt = list(optional(A)).() -> list(A)
slice = list(A).(int, int) -> list(A)
flatten = list(list(A)).() -> list(A) | list(dyn).(int) -> list(dyn)
distinct = list(A).() -> list(A)
reverse = list(A).() -> list(A)
lists.range = int -> list(int)
sets.contains = list(A), list(A) -> bool
sets.equivalent = list(A), list(A) -> bool
sets.intersects = list(A), list(A) -> bool
url = string -> kubernetes.URL
isURL = string -> bool
getScheme = kubernetes.URL.() -> string
getHost = kubernetes.URL.() -> string
getHostname = kubernetes.URL.() -> string
getPort = kubernetes.URL.() -> string
getEscapedPath = kubernetes.URL.() -> string
getQuery = kubernetes.URL.() -> map(string, list(string))
ip = string -> net.IP | net.CIDR.() -> net.IP
isIP = string -> bool
ip.isCanonical = string -> bool
family = net.IP.() -> int
isUnspecified = net.IP.() -> bool
isLoopback = net.IP.() -> bool
isLinkLocalMulticast = net.IP.() -> bool
isLinkLocalUnicast = net.IP.() -> bool
isGlobalUnicast = net.IP.() -> bool
cidr = string -> net.CIDR
isCIDR = string -> bool
containsIP = net.CIDR.(string) -> bool | net.CIDR.(net.IP) -> bool
containsCIDR = net.CIDR.(string) -> bool | net.CIDR.(net.CIDR) -> bool
masked = net.CIDR.() -> net.CIDR
prefixLength = net.CIDR.() -> int
quantity = string -> kubernetes.Quantity
isQuantity = string -> bool
sign = kubernetes.Quantity -> int
isGreaterThan = kubernetes.Quantity.(kubernetes.Quantity) -> bool
isGreaterThan = kubernetes.Semver.(kubernetes.Semver) -> bool
isLessThan = kubernetes.Quantity.(kubernetes.Quantity) -> bool | kubernetes.Semver.(kubernetes.Semver) -> bool
compareTo = kubernetes.Quantity.(kubernetes.Quantity) -> int | kubernetes.Semver.(kubernetes.Semver) -> int
asApproximateFloat = kubernetes.Quantity.() -> double
asInteger = kubernetes.Quantity.() -> int
isInteger = kubernetes.Quantity.() -> bool
add = kubernetes.Quantity.(kubernetes.Quantity) -> kubernetes.Quantity
add = kubernetes.Quantity.(int) -> kubernetes.Quantity
sub = kubernetes.Quantity.(kubernetes.Quantity) -> kubernetes.Quantity
sub = kubernetes.Quantity.(int) -> kubernetes.Quantity
semver = string -> kubernetes.Semver | string, bool -> kubernetes.Semver
isSemver = string -> bool | string, bool -> bool
major = kubernetes.Semver.() -> int
minor = kubernetes.Semver.() -> int
patch = kubernetes.Semver.() -> int
format.named = string -> optional(kubernetes.NamedFormat)
validate = kubernetes.NamedFormat.(string) -> optional(list(string))
"""

FORMAT_NAMES = (
    "dns1123Label", "dns1123Subdomain", "dns1035Label", "qualifiedName", "dns1123LabelPrefix", "dns1123SubdomainPrefix",
    "dns1035LabelPrefix", "labelValue", "uri", "uuid", "byte", "date", "datetime",
)  # fmt: skip


def _lines() -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for line in _TEXT.strip().splitlines():
        name, _, rest = line.partition(" = ")
        out.setdefault(name, []).extend(rest.split(" | "))
    for name in ("_<_", "_<=_", "_>_", "_>=_"):
        out[name] = [f"{a}, {b} -> bool" for a, b in _COMPARISON]
    for name, result in (("isSorted", "bool"), ("min", "{}"), ("max", "{}"), ("sort", "list({})")):
        out[name] = [f"list({t}).() -> {result.format(t)}" for t in _SORTABLE]
    out["sum"] = [f"list({t}).() -> {t}" for t in ("int", "uint", "double", "duration")]
    for name in FORMAT_NAMES:
        out[f"format.{name}"] = ["-> kubernetes.NamedFormat"]
    return out


_LINES = _lines()


@lru_cache(maxsize=512)
def overloads(name: str) -> tuple[Overload, ...]:
    """The overloads of a function, method or operator; empty if there is none of that name."""
    return tuple(_overload(line) for line in _LINES.get(name, ()))


def _overload(line: str) -> Overload:
    left, _, result = line.partition("-> ")
    left = left.strip()
    target, dot, rest = left.partition(".(")
    is_method = bool(dot)
    args = [target, *_split(rest[:-1])] if is_method else _split(left)
    params = frozenset(re.findall(r"\b[A-Z]\b", line))
    return Overload(is_method, tuple(_type(arg) for arg in args), _type(result), params)


def _split(text: str) -> list[str]:
    """Splits at commas outside of parentheses."""
    out, depth, part = [], 0, ""
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "," and not depth:
            out.append(part)
            part = ""
        else:
            part += char
    return [piece.strip() for piece in [*out, part] if piece.strip()]


def _type(text: str) -> Type:
    head, bracket, rest = text.strip().partition("(")
    if not bracket:
        aliases = {"duration": "google.protobuf.Duration", "timestamp": "google.protobuf.Timestamp"}
        return NAMED_TYPES.get(aliases.get(head, head)) or Type(head)
    inner = [_type(part) for part in _split(rest[:-1])]
    match head:
        case "list":
            return list_of(inner[0])
        case "map":
            return map_of(inner[0], inner[1])
        case "type":
            return type_of(inner[0])
    return optional_of(inner[0])
