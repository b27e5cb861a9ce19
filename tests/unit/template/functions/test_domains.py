"""The pure domains at their edges; the ordinary case of each function is its own example."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.template import TemplateError, compile
from orkestra.template.functions import builtin_functions

DATA: dict[str, Any] = {
    "none": None,
    "list": ["a", 1, True, None],
    "map": {"b": 1, "a": {"x": [1.5]}},
    "long": "a-very-long-name-for-a-resource-that-does-not-fit-into-a-label-value-at-all",
    "max": 2**63 - 1,
    "min": -(2**63),
}


def value_of(text: str) -> Any:
    return compile("{{ " + text + " }}", functions=builtin_functions()).value(DATA)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # strings
        ("toUpper 3", "3"),
        ("toUpper true", "TRUE"),
        ("toLower 1.0", "1"),
        ('trimSpace "\\t a \\n"', "a"),
        ('trim "xxaxx" ""', "xxaxx"),
        ('trimPrefix "abc" "x"', "abc"),
        ('split "a,b,,c" ","', ["a", "b", "", "c"]),
        ('split "" ","', [""]),
        ('split "ab" ""', ["a", "b"]),
        ('join .list "-"', "a-1-true-"),
        ('join .none "-"', ""),
        ('repeat "ab" 0', ""),
        ('repeat "" 99999999999', ""),
        ('replace "aaa" "" "-"', "-a-a-a-"),
        ('camelToKebab "already-kebab"', "already-kebab"),
        ('camelToKebab "v2Beta1"', "v2-beta1"),
        ('truncate "héllo" 2', "hé..."),
        ('truncate "ab" 2', "ab"),
        ('contains "abc" ""', True),
        # math
        ("add 1 2.5", 3.5),
        ('add "1" "2"', 3),
        ('add " 1.5 " 1', 2.5),
        ("div -7 2", -3),
        ("div 7 -2", -3),
        ("div 7.0 2", 3.5),
        ("mod -7 3", -1),
        ("mod 7 -3", 1),
        ("mod 7.5 2", 1.5),
        ("min 3 1.5 2", 1.5),
        ("max 3 1 7", 7),
        ("clamp 0 1 10", 1),
        ("clamp 5 1 10", 5),
        ("abs -1.5", 1.5),
        # conditional
        ('ternary .none "a" "b"', "b"),
        ('boolTernary .none "a" "b"', "b"),
        ('eqTernary 1 "1" "same" "other"', "same"),
        ('eqTernary 1 1.0 "same" "other"', "same"),
        ('eqTernary .map .map "same" "other"', "same"),
        ('eqTernary .none "" "same" "other"', "same"),
        ("boolDefault true .none", True),
        ("boolDefault false true", True),
        ('boolDefault true "false"', False),
        ('default "x"', "x"),
        ('default "x" 0', "x"),
        ('default "x" false', "x"),
        ('"v" | default "x"', "v"),
        ('coalesce .none "" 0 "a" "b"', "a"),
        ("coalesce .none", None),
        ("empty .none", True),
        # types
        ('toInt "42"', 42),
        ("toInt 1.9", 1),
        ("toInt -1.9", -1),
        ("toInt true", 1),
        ("toInt .none", 0),
        ('toFloat "1e3"', 1000.0),
        ("toFloat 1", 1.0),
        ('toBool "true"', True),
        ("toBool 2", True),
        ("toBool .none", False),
        ("toString .map", "map[a:map[x:[1.5]] b:1]"),
        ("toString .none", ""),
        ("toJson .map", '{"a":{"x":[1.5]},"b":1}'),
        ("toJson .none", "null"),
        ("toJson 3", "3"),
        ('toJson (slice "é" 0 1)', '"\ufffd"'),
        ('toJson "<&>"', '"<&>"'),
        ("toList .none", []),
        ("toList .list", ["a", 1, True, None]),
        ("typeOf .list", "list"),
        ("typeOf .none", "null"),
        ("typeOf true", "bool"),
        ("typeOf 1.5", "number"),
        ("isScalar .none", False),
        ("isComposite .list", True),
        # data
        ('toBase64 "é"', "w6k="),
        ('fromBase64 "w6k="', "é"),
        ('fromBase64 "YWI=\\n"', "ab"),
        ('fromBase64 "/w=="', "\ufffd"),
        ('fromBase64 "/w==" | toBase64', "/w=="),
        ('slugify "  Ünïcode & Co. "', "n-code-co"),
        ('truncateName "My_App" 63', "my-app"),
        ("len (truncateName .long 40)", 40),
        ('truncateName "abc" 2', "ab"),
        ('repoSlug "git@github.com:acme/web.git"', "acme-web"),
        ('repoSlug "ssh://git@host:2222/acme/web"', "acme-web"),
        ('repoSlug "https://host/a/b/c.git?x=1"', "b-c"),
        ('repoSlug "acme/web"', "acme-web"),
        ('repoSlug "github.com/acme/web/"', "acme-web"),
        ('repoSlug ""', ""),
        ('lookup "c" "a" 1 "b" 2', None),
        ('lookup "c" "a" 1 "b" 2 "other"', "other"),
        ('lookup 1 "1" "one"', "one"),
    ],
)
def test_results(text: str, expected: Any) -> None:
    found = value_of(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("toUpper .map", "error calling toUpper: expected text; got a map"),
        ('join "a" ","', 'error calling join: expected a list; got "a"'),
        ('repeat "a" -1', "error calling repeat: negative repeat count"),
        ('repeat "a" "x"', 'error calling repeat: expected a number; got "x"'),
        ('truncate "a" 1.5', "error calling truncate: expected a whole number; got 1.5"),
        ("add .max 1", "error calling add: integer overflow"),
        ("mul .max .max", "error calling mul: integer overflow"),
        ("div 1 0", "error calling div: division by zero"),
        ("mod 1 0.0", "error calling mod: division by zero"),
        ("div .min -1", "error calling div: integer overflow"),
        ("abs .min", "error calling abs: integer overflow"),
        ("mul 1e308 10.0", "error calling mul: the result is not a finite number"),
        ("add true 1", "error calling add: expected a number; got true"),
        ('add "0x1" 1', 'error calling add: expected a number; got "0x1"'),
        ("clamp 1 5 2", "error calling clamp: the low end is above the high end"),
        ('toInt "1e999"', "error calling toInt: the result is not a finite number"),
        ('toBool "maybe"', 'error calling toBool: expected a bool; got "maybe"'),
        ('boolTernary "maybe" 1 2', 'error calling boolTernary: expected a bool; got "maybe"'),
        ('fromBase64 "!"', "error calling fromBase64: the text is not base64"),
        ('truncateName "a" 0', "error calling truncateName: the length must be at least 1"),
        ("lookup .map 1 2", "error calling lookup: expected text; got a map"),
    ],
)
def test_refusals_name_the_function(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        value_of(text)
    assert caught.value.message == message


def test_two_long_names_that_begin_alike_stay_different() -> None:
    first, second = (value_of(f'truncateName (print .long "{end}") 30') for end in "ab")
    assert first != second
    assert max(len(first), len(second)) <= 30
