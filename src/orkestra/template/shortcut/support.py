"""What the written code calls. Everything here gives up, by an exception, where the frequent case ends."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Final, NoReturn

from orkestra.template.gofmt import text_of
from orkestra.template.gofmt.quote import quote
from orkestra.template.values import SMALL_INTS, Int

_TEXTS: Final = {str}
_FIRST: Final = itemgetter(0)
SIZED: Final = frozenset((str, list, dict))


class GiveUp(Exception):
    """The render is for the closures."""


def give_up() -> NoReturn:
    raise GiveUp


def shown(value: Any) -> str:
    """What an action prints for anything but a text. Lists and maps are left to the closures, which know how much of
    them may be printed."""
    if type(value) in SIZED:
        raise GiveUp
    return text_of(value, 0, "")


def items(value: Any) -> Sequence[Any]:
    """What a range without a key visits, when it is no list."""
    if value is None:
        return ()
    if type(value) is not dict:
        raise GiveUp
    return [item for _key, item in pairs(value)]


def pairs(value: Any) -> Sequence[tuple[Any, Any]]:
    """What a range with a key visits: its keys are texts, or small numbers."""
    if value is None:
        return ()
    if len(value) > len(SMALL_INTS):
        raise GiveUp
    if type(value) is list:
        return list(zip(SMALL_INTS, value))  # noqa: B905  # strict=False takes as long again
    if type(value) is dict and set(map(type, value)) <= _TEXTS:
        return sorted(value.items(), key=_FIRST)
    raise GiveUp


NAMES: Final[dict[str, Any]] = {
    "__builtins__": {},
    **{"type": type, "len": len, "str": str, "int": int, "list": list, "dict": dict, "Int": Int},
    **{"give_up": give_up, "shown": shown, "items": items, "pairs": pairs, "quote": quote},
    "SIZED": SIZED,
}
"""All that the written code can name beside its own."""
