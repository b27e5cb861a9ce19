"""Randomness, from the Environment alone: a new value for each render, so keep it in a Secret made ``once``."""

from __future__ import annotations

import base64
from typing import Any, Final

from orkestra.template.environment import Environment
from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import integer
from orkestra.template.functions.function import Domain

RANDOM: Final = Domain("random", [])
function = RANDOM.function

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_MOST: Final = 1024
_SPARE_BYTES: Final = 16  # makes the bias of the division below 2**-100


@function(
    "randomAlphanumeric(n int) string",
    "n random letters and digits, at most 1024; a new value for each render.",
    "{{ len (randomAlphanumeric 16) }}",
    "16",
    needs_environment=True,
    is_volatile=True,
)
def random_alphanumeric(environment: Environment, n: Any) -> str:
    length = _length(n)
    number = int.from_bytes(environment.random(length + _SPARE_BYTES), "big")
    out: list[str] = []
    for _ in range(length):
        number, at = divmod(number, len(_ALPHABET))
        out.append(_ALPHABET[at])
    return "".join(out)


@function(
    "randomHex(n int) string",
    "n random bytes in hexadecimal, so 2n digits.",
    "{{ len (randomHex 16) }}",
    "32",
    needs_environment=True,
    is_volatile=True,
)
def random_hex(environment: Environment, n: Any) -> str:
    return environment.random(_length(n)).hex()


@function(
    "randomBase64(n int) string",
    "n random bytes in the URL-safe form of base64, padded.",
    "{{ len (randomBase64 32) }}",
    "44",
    needs_environment=True,
    is_volatile=True,
)
def random_base64(environment: Environment, n: Any) -> str:
    return base64.urlsafe_b64encode(environment.random(_length(n))).decode()


def _length(n: Any) -> int:
    length = integer(n)
    if not 0 <= length <= _MOST:
        raise FunctionError(f"the length must be from 0 to {_MOST}")
    return length
