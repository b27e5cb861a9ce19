"""What a template function is to the engine, and to the documentation generated from it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

Call = TypeVar("Call", bound=Callable[..., Any])

_VARIADIC: Final = 0x04  # inspect.CO_VARARGS, without the price of importing inspect


class Declared(ABC):
    """What a function was declared with, when it is a template of its own."""

    @property
    @abstractmethod
    def paths(self) -> frozenset[tuple[str, ...]]:
        """The field paths that a call may read from the data of the calling template."""


@dataclass(frozen=True, slots=True)
class Function:
    """One row of the registry.

    ``signature`` and ``description`` are for people; ``example`` is a template and ``result`` what it renders (tests
    hold both together). ``max_args`` is None for variadic functions. ``call`` takes the arguments, after the
    Environment when ``needs_environment``; it raises FunctionError for bad values. ``call`` None declares a function
    that ``Environment.functions`` binds at render time. ``is_volatile``: two renders of the same data may differ.
    ``declared``: the function is a template, and ``call`` takes the Run of the calling one before its arguments.
    """

    name: str
    domain: str
    signature: str
    description: str
    example: str
    result: str
    call: Callable[..., Any] | None
    min_args: int
    max_args: int | None
    needs_environment: bool = False
    is_volatile: bool = False
    declared: Declared | None = None

    def arity_problem(self, given: int) -> str:
        """Go's words when ``given`` arguments are too few or too many, else an empty string."""
        if self.max_args is None:
            if given < self.min_args:
                return f"wrong number of args for {self.name}: want at least {self.min_args} got {given}"
        elif not self.min_args <= given <= self.max_args:
            want = str(self.min_args) if self.min_args == self.max_args else f"{self.min_args} to {self.max_args}"
            return f"wrong number of args for {self.name}: want {want} got {given}"
        return ""


@dataclass(slots=True)
class Domain:
    """Collects the functions of one module as they are defined."""

    name: str
    functions: list[Function]

    def function(
        self,
        signature: str,
        description: str,
        example: str,
        result: str,
        *,
        needs_environment: bool = False,
        is_volatile: bool = False,
    ) -> Callable[[Call], Call]:
        """Registers the decorated function under the name its ``signature`` starts with; the number of arguments is
        taken from the function itself."""

        def register(call: Call) -> Call:
            name = signature.partition("(")[0]
            code = call.__code__
            most = code.co_argcount - needs_environment
            least = most - len(call.__defaults__ or ())
            self.functions.append(
                Function(
                    name,
                    self.name,
                    signature,
                    description,
                    example,
                    result,
                    call,
                    least,
                    None if code.co_flags & _VARIADIC else most,
                    needs_environment,
                    is_volatile,
                )
            )
            return call

        return register
