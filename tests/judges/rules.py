"""Random CEL rules over one schema, typed and spoilt, and objects for it."""

from __future__ import annotations

from random import Random
from typing import Any

_TEXT = {"type": "string", "maxLength": 12}
_ITEM = {
    "type": "object",
    "properties": {"k": _TEXT, "v": {"type": "integer"}, "w": _TEXT},
    "required": ["k", "v"],
}
FIELDS: dict[str, Any] = {
    "n": {"type": "integer"},
    "m": {"type": "integer", "format": "int32"},
    "d": {"type": "number"},
    "s": _TEXT,
    "t": _TEXT,
    "opt": _TEXT,
    "flag": {"type": "boolean"},
    "any": {"x-kubernetes-int-or-string": True, "maxLength": 8},
    "ints": {"type": "array", "items": {"type": "integer"}, "maxItems": 5},
    "texts": {"type": "array", "items": _TEXT, "maxItems": 5},
    "tags": {"type": "array", "items": _TEXT, "maxItems": 4, "x-kubernetes-list-type": "set"},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}, "maxProperties": 4},
    "items": {
        "type": "array",
        "items": _ITEM,
        "maxItems": 4,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["k"],
    },
    "obj": _ITEM,
    "when": {"type": "string", "format": "date-time", "maxLength": 40},
    "day": {"type": "string", "format": "date"},
    "span": {"type": "string", "format": "duration", "maxLength": 20},
    "blob": {"type": "string", "format": "byte", "maxLength": 12},
    "maybe": {"type": "string", "maxLength": 5, "nullable": True},
    "x-y": {"type": "integer"},
    "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
}


def loosened(schema: dict[str, Any]) -> dict[str, Any]:
    """Without bounds: what values may cost then."""
    bounds = ("maxLength", "maxItems", "maxProperties")
    return {
        word: loosened(found)
        if word in ("items", "additionalProperties")
        else {name: loosened(each) for name, each in found.items()}
        if word == "properties"
        else found
        for word, found in schema.items()
        if word not in bounds
    }


def shapes(checks: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Properties of a spec with rules in them, in places that bound their values more and less."""
    strict = {"type": "object", "properties": FIELDS, "x-kubernetes-validations": checks}
    loose = {**loosened({"type": "object", "properties": FIELDS}), "x-kubernetes-validations": checks}
    return [
        {"at": strict},
        {"at": loose},
        {"at": {"type": "array", "items": strict}},
        {"at": {"type": "array", "maxItems": 7, "items": loose}},
        {"at": {"type": "object", "additionalProperties": strict}},
    ]


_LITERALS = {
    "int": (
        "0",
        "1",
        "2",
        "-1",
        "7",
        "100",
        "9223372036854775807",
        "self.n",
        "self.m",
        "self.obj.v",
        "self.x__dash__y",
    ),
    "uint": ("1u", "0u", "3u"),
    "double": ("0.5", "1.0", "-2.5", "self.d"),
    "string": ("''", "'a'", "'ab'", '"b1"', "'é'", "'10'", "self.s", "self.t", "self.obj.k", "self.opt", "self.maybe"),
    "bool": ("true", "false", "self.flag"),
    "ints": ("self.ints", "[1, 2, 3]", "[]", "[self.n]"),
    "texts": ("self.texts", "self.tags", "['a', 'b']", "['a', self.s]"),
    "time": ("self.when", "self.day", "timestamp('2024-01-01T00:00:00Z')"),
    "span": ("self.span", "duration('1h')", "duration('90s')"),
    "quantity": ("quantity('1')", "quantity('500m')", "quantity('1Gi')"),
}
_FORMS: dict[str, tuple[str, ...]] = {
    "int": (
        "{int} + {int}",
        "{int} - {int}",
        "{int} * {int}",
        "{int} / {int}",
        "{int} % {int}",
        "-({int})",
        "size({string})",
        "{string}.size()",
        "size({ints})",
        "({bool} ? {int} : {int})",
        "{ints}.sum()",
        "{ints}.max()",
        "{ints}[0]",
        "{ints}[{int}]",
        "{string}.indexOf({string})",
        "int({string})",
        "int({double})",
        "int({uint})",
        "self.map['a']",
        "self.map.size()",
        "{texts}.size()",
        "{time}.getFullYear()",
        "{time}.getHours('UTC')",
        "{span}.getSeconds()",
        "self.items.map(i, i.v).sum()",
        "{string}.lastIndexOf({string})",
        "{ints}.indexOf({int})",
        "self.?x__dash__y.orValue({int})",
        "self.map.?b.orValue({int})",
        "size(self.blob)",
        "int({time})",
        "{quantity}.asInteger()",
        "{quantity}.sign()",
        "{quantity}.compareTo({quantity})",
        "dyn({int})",
    ),
    "uint": ("{uint} + {uint}", "uint({int})", "uint({string})"),
    "double": (
        "{double} + {double}",
        "{double} * {double}",
        "{double} / {double}",
        "double({int})",
        "double({string})",
        "-({double})",
        "{quantity}.asApproximateFloat()",
        "[{double}, 1.5].max()",
    ),
    "string": (
        "{string} + {string}",
        "{string}.lowerAscii()",
        "{string}.upperAscii()",
        "{string}.trim()",
        "{string}.substring({int})",
        "{string}.substring({int}, {int})",
        "{string}.replace({string}, {string})",
        "{string}.charAt({int})",
        "{texts}.join('-')",
        "{texts}[0]",
        "string({int})",
        "string({double})",
        "string({bool})",
        "({bool} ? {string} : {string})",
        "{string}.split(',')[0]",
        "'%s-%d'.format([{string}, {int}])",
        "'%.2f'.format([{double}])",
        "self.?opt.orValue({string})",
        "string({time})",
        "string({span})",
        "{string}.find('[a-z]+')",
        "{texts}.join()",
        "string(self.blob)",
        "string(self.any)",
        "optional.of({string}).value()",
        "self.items.map(i, i.k).join(',')",
        "'%x'.format([{int}])",
        "'%e'.format([{double}])",
        "'%s'.format([{ints}])",
    ),
    "bool": (
        "{int} == {int}",
        "{int} < {int}",
        "{int} >= {int}",
        "{int} != {int}",
        "{double} <= {double}",
        "{int} < {double}",
        "{string} == {string}",
        "{string} < {string}",
        "{bool} && {bool}",
        "{bool} || {bool}",
        "!({bool})",
        "{string}.startsWith({string})",
        "{string}.endsWith({string})",
        "{string}.contains({string})",
        "{string}.matches('^[a-c]+$')",
        "{string}.matches({string})",
        "{int} in {ints}",
        "{string} in {texts}",
        "{string} in self.map",
        "has(self.opt)",
        "has(self.obj)",
        "has(self.obj.w)",
        "has(self.map.a)",
        "{ints}.all(x, x > {int})",
        "{ints}.exists(x, x == {int})",
        "{ints}.exists_one(x, x > {int})",
        "{texts}.all(x, x != {string})",
        "self.map.all(k, self.map[k] > {int})",
        "self.map.exists(k, k == {string})",
        "self.items.all(i, i.v < {int})",
        "self.items.exists(i, has(i.w) && i.w == {string})",
        "self.items.filter(i, i.v > {int}).size() > 0",
        "{ints} == {ints}",
        "{texts} == {texts}",
        "{ints}.isSorted()",
        "{ints}.map(x, x * 2).all(y, y > {int})",
        "{ints}.map(x, x > 1, x + {int}).size() > 1",
        "isQuantity({string})",
        "{quantity}.isLessThan({quantity})",
        "{quantity}.isGreaterThan({quantity})",
        "{quantity}.add({quantity}) == {quantity}",
        "isURL({string})",
        "isIP({string})",
        "isCIDR({string})",
        "isSemver({string})",
        "ip('10.0.0.1').isLoopback()",
        "cidr('10.0.0.0/8').containsIP('10.1.1.1')",
        "url('https://a.b/c').getHost() == {string}",
        "{time} < {time}",
        "{time} + {span} > {time}",
        "{time} - {time} > {span}",
        "{span} < {span}",
        "type({int}) == int",
        "type(self.any) == int ? self.any > {int} : self.any == {string}",
        "self.any == {int}",
        "self.any == {string}",
        "({bool} ? {bool} : {bool})",
        "self.?opt.hasValue()",
        "self.map.?a.hasValue()",
        "{uint} < {uint}",
        "{uint} == {uint}",
        "self.tags == ['b', 'a']",
        "self.tags + ['a'] == self.tags",
        "sets.contains({ints}, {ints})",
        "sets.intersects({texts}, {texts})",
        "!format.dns1123Label().validate({string}).hasValue()",
        "self.maybe == null",
        "self.obj == self.obj",
        "{string}.isSorted()",
        "self.items == self.items",
        "has(self.open.a)",
        "self.open.a == {int}",
        "cel.bind(x, {int}, x > {int})",
        "self.map.all(k, v, v > {int} || k == {string})",
        "dyn({int}) == dyn({string})",
        "{ints}.all(i, x, x > i)",
        "{ints}.slice(0, 1).size() == 1",
        "{ints}.reverse()[0] == {int}",
        "self.blob == b'hi'",
        "semver('1.2.3').isLessThan(semver('2.0.0'))",
        "{texts}.exists(x, x.matches('a+'))",
        "'a' in dyn(self.map)",
        "{ints}.distinct().size() == {ints}.size()",
        "{ints}.sort() == {ints}",
        "lists.range(3).exists(x, x == {int})",
    ),
    "ints": (
        "{ints} + {ints}",
        "{ints}.filter(x, x > {int})",
        "{ints}.map(x, x + {int})",
        "self.items.map(i, i.v)",
        "({bool} ? {ints} : {ints})",
        "{texts}.map(x, size(x))",
    ),
    "texts": (
        "{texts} + {texts}",
        "{string}.split('a')",
        "{texts}.filter(x, x != {string})",
        "self.items.map(i, i.k)",
        "{string}.findAll('[a-z]')",
    ),
    "time": ("{time} + {span}", "timestamp({string})", "timestamp({int})"),
    "span": ("{span} + {span}", "{time} - {time}", "duration({string})"),
    "quantity": ("quantity({string})", "{quantity}.add({quantity})", "{quantity}.sub(1)"),
}
_WORDS = [
    "self",
    ".",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    "?",
    ":",
    "+",
    "-",
    "==",
    "&&",
    "||",
    "!",
    "'a'",
    "1",
    "2u",
    "1.5",
    "null",
    "true",
    "n",
    "s",
    "ints",
    "has",
    "all",
    "in",
    "x",
    "nope",
    "$",
    "é",
    "'",
    '"',
    "//",
    "\\",
]


def rule(random: Random, flaws: float) -> str:
    """A rule; with a chance of ``flaws`` one that has a wrong type or token somewhere."""
    text = _expression(random, "bool", random.randint(0, 3), flaws / 4)
    if random.random() < flaws / 2:
        at = random.randint(0, len(text))
        text = text[:at] + random.choice(_WORDS) + text[at + random.randint(0, 2) :]
    return text


def transition(random: Random) -> str:
    """A rule that compares with what was there before."""
    parts = rule(random, 0).split("self.")
    return parts[0] + "".join(random.choice(("self.", "self.", "oldSelf.")) + part for part in parts[1:])


def _expression(random: Random, kind: str, depth: int, flaws: float) -> str:
    if random.random() < flaws:
        kind = random.choice(list(_FORMS))
    if depth <= 0 or (kind not in ("bool",) and random.random() < 0.3):
        return random.choice(_LITERALS[kind])
    form = random.choice(_FORMS[kind])
    parts = form.split("{")
    text = parts[0]
    for part in parts[1:]:
        word, _, rest = part.partition("}")
        inner = _expression(random, word, depth - 1, flaws)
        text += (f"({inner})" if " " in inner else inner) + rest
    return text


def spec(random: Random) -> dict[str, Any]:
    """Values of FIELDS that its schema accepts, some left out."""
    texts = ("", "a", "ab", "b1", "é", "10", "abc", "a,b", "-5", "1h", "1.5", "A b")
    made: dict[str, Any] = {
        "n": random.choice((0, 1, 2, -1, 5, 100, 2**63 - 1, -(2**63))),
        "m": random.choice((0, 1, -7, 12)),
        "d": random.choice((0, 0.5, 1, -2.5, 1e300, 3)),
        "s": random.choice(texts),
        "t": random.choice(texts),
        "opt": random.choice(texts),
        "flag": random.random() < 0.5,
        "any": random.choice((0, 1, 5, "a", "10", "5%")),
        "ints": [random.choice((0, 1, 2, 3, -1)) for _ in range(random.randint(0, 5))],
        "texts": [random.choice(texts) for _ in range(random.randint(0, 5))],
        "tags": random.sample(texts, random.randint(0, 4)),
        "map": {key: random.randint(-1, 3) for key in random.sample(("a", "b", "c d", ""), random.randint(0, 3))},
        "items": [_item(random, key) for key in random.sample(texts, random.randint(0, 4))],
        "obj": _item(random, random.choice(texts)),
        "when": random.choice(("2024-01-01T00:00:00Z", "2023-06-30T23:59:59.5+02:00", "1969-12-31T00:00:00Z")),
        "day": random.choice(("2024-01-01", "2024-02-29")),
        "span": random.choice(("1h", "90s", "-1.5h", "2ns")),
        "blob": random.choice(("aGk=", "", "/w==")),
        "maybe": random.choice((None, "a", "no")),
        "x-y": random.randint(-1, 2),
        "open": random.choice(({}, {"a": 1}, {"a": "x"}, {"a": {"b": None}})),
    }
    return {name: each for name, each in made.items() if random.random() < 0.9}


def _item(random: Random, key: str) -> dict[str, Any]:
    found: dict[str, Any] = {"k": key, "v": random.randint(-1, 9)}
    return found | ({"w": random.choice(("a", "b"))} if random.random() < 0.5 else {})
