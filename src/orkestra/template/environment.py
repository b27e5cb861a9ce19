"""What a render may take from outside its data: time, randomness, late functions, and how much it may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from orkestra.template.errors import FunctionError

if TYPE_CHECKING:
    from orkestra.template.functions.function import Function


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one render.

    ``output_bytes``: UTF-8 size of the result, and of every text a function makes on the way.
    ``steps``: loop iterations plus template calls, plus one for each 64 characters or items of a large value that a
    function is given or returns.
    ``depth``: templates within templates.
    """

    output_bytes: int = 1024 * 1024
    steps: int = 1_000_000
    depth: int = 100


def _no_clock() -> datetime:
    raise FunctionError("no clock is available here")


def _no_randomness(_size: int) -> bytes:
    raise FunctionError("no source of randomness is available here")


@dataclass(frozen=True, slots=True)
class Environment:
    """Given to a render. The default one has neither clock nor randomness, so that the result depends on data alone.

    ``now`` returns an aware datetime; ``random(n)`` returns n bytes. ``functions`` binds the functions that were
    only declared when the template was compiled (``Function.call`` is None).
    """

    now: Callable[[], datetime] = _no_clock
    random: Callable[[int], bytes] = _no_randomness
    limits: Limits = Limits()
    functions: Mapping[str, Function] = field(default_factory=lambda: MappingProxyType({}))


DEFAULT_ENVIRONMENT = Environment()
