"""Text functions. The subject is the first argument, counts are in characters."""

from __future__ import annotations

import re
from typing import Any, Final

from orkestra.template.environment import Environment
from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import integer, items, text
from orkestra.template.functions.function import Domain

STRINGS: Final = Domain("strings", [])
function = STRINGS.function

_SPACE: Final = " \t\n\v\f\r\x85\xa0"
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@function("toLower(s string) string", "The text in lower case.", '{{ toLower "AbC" }}', "abc")
def to_lower(s: Any) -> str:
    return text(s).lower()


@function("toUpper(s string) string", "The text in upper case.", '{{ toUpper "AbC" }}', "ABC")
def to_upper(s: Any) -> str:
    return text(s).upper()


@function("trimSpace(s string) string", "The text without white space at its ends.", '{{ trimSpace " a " }}', "a")
def trim_space(s: Any) -> str:
    return text(s).strip(_SPACE)


@function(
    "trim(s string, cutset string) string",
    "The text without any of the characters of cutset at its ends.",
    '{{ trim "--a-b--" "-" }}',
    "a-b",
)
def trim(s: Any, cutset: Any) -> str:
    cut = text(cutset)
    return text(s).strip(cut) if cut else text(s)


@function(
    "trimPrefix(s string, prefix string) string",
    "The text without the prefix, if it has it.",
    '{{ trimPrefix "v1.2" "v" }}',
    "1.2",
)
def trim_prefix(s: Any, prefix: Any) -> str:
    return text(s).removeprefix(text(prefix))


@function(
    "trimSuffix(s string, suffix string) string",
    "The text without the suffix, if it has it.",
    '{{ trimSuffix "a.git" ".git" }}',
    "a",
)
def trim_suffix(s: Any, suffix: Any) -> str:
    return text(s).removesuffix(text(suffix))


@function("hasPrefix(s string, prefix string) bool", "Whether it begins so.", '{{ hasPrefix "web-1" "web" }}', "true")
def has_prefix(s: Any, prefix: Any) -> bool:
    return text(s).startswith(text(prefix))


@function("hasSuffix(s string, suffix string) bool", "Whether it ends so.", '{{ hasSuffix "web-1" "-1" }}', "true")
def has_suffix(s: Any, suffix: Any) -> bool:
    return text(s).endswith(text(suffix))


@function(
    "contains(s string, part string) bool",
    "Whether the part occurs in the text.",
    '{{ contains "web-1" "b-" }}',
    "true",
)
def contains(s: Any, part: Any) -> bool:
    return text(part) in text(s)


@function(
    "replace(s string, old string, new string) string",
    "The text with every old replaced by new.",
    '{{ replace "a.b.c" "." "-" }}',
    "a-b-c",
    needs_environment=True,
)
def replace(environment: Environment, s: Any, old: Any, new: Any) -> str:
    subject, before, after = text(s), text(old), text(new)
    size = len(subject) + subject.count(before) * (len(after) - len(before))
    _check_size(size, environment)
    return subject.replace(before, after)


@function(
    "split(s string, separator string) list",
    "The parts between the separators; an empty separator parts every character.",
    '{{ index (split "a,b" ",") 1 }}',
    "b",
)
def split(s: Any, separator: Any) -> list[str]:
    subject, between = text(s), text(separator)
    return subject.split(between) if between else list(subject)


@function(
    "join(list, separator string) string",
    "The items as text, with the separator between them.",
    '{{ join (split "a,b" ",") "-" }}',
    "a-b",
    needs_environment=True,
)
def join(environment: Environment, parts: Any, separator: Any) -> str:
    texts, between = [text(part) for part in items(parts)], text(separator)
    _check_size(sum(map(len, texts)) + len(between) * len(texts), environment)
    return between.join(texts)


@function(
    "repeat(s string, n int) string",
    "The text n times.",
    '{{ repeat "ab" 3 }}',
    "ababab",
    needs_environment=True,
)
def repeat(environment: Environment, s: Any, n: Any) -> str:
    subject, times = text(s), integer(n)
    if times < 0:
        raise FunctionError("negative repeat count")
    _check_size(len(subject) * times, environment)
    return subject * times if subject else ""


@function(
    "camelToKebab(s string) string",
    "Words that begin with a capital, in lower case with dashes between.",
    '{{ camelToKebab "myHTTPServer" }}',
    "my-http-server",
)
def camel_to_kebab(s: Any) -> str:
    return _HUMP.sub("-", text(s)).lower()


@function(
    "truncate(s string, n int) string",
    'At most n characters, followed by "..." when something was cut.',
    '{{ truncate "hello world" 5 }}',
    "hello...",
)
def truncate(s: Any, n: Any) -> str:
    subject, most = text(s), integer(n)
    if most < 0:
        raise FunctionError("negative length")
    return subject if len(subject) <= most else subject[:most] + "..."


def _check_size(size: int, environment: Environment) -> None:
    if size > environment.limits.output_bytes:
        raise FunctionError(f"the text would be larger than the limit of {environment.limits.output_bytes} bytes")
