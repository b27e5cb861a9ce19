"""What every part of the model is said with: conditions, and values bound to names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orkestra.katalog.paths import Path
from orkestra.katalog.position import Position
from orkestra.katalog.source.origin import Origin
from orkestra.katalog.values import Value

if TYPE_CHECKING:  # what few Katalogs need is imported when one has it
    from orkestra.k8s.cel import Program
    from orkestra.katalog.parts.protection import Notify


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Minutes since midnight UTC: [after, before), over midnight when after > before."""

    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class CronWindow:
    """Open for ``seconds`` after each time ``expression`` (five fields or a macro, UTC) fires."""

    expression: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CelTest:
    """A compiled CEL expression and where it stands; ``object`` is the CR, the other roots have their own names.

    ``reads``: the paths it looks at as templates name them, each with its offset in the text and its width; the empty
    one is the whole CR.
    """

    program: Program
    origin: Origin
    owner: str
    reads: tuple[tuple[Path, int, int], ...] = ()

    def place_of(self, offset: int) -> tuple[int, int]:
        """Line and column within the text."""
        before = self.program.text[:offset]
        return before.count("\n") + 1, len(before) - before.rfind("\n")


@dataclass(frozen=True, slots=True)
class Condition:
    """One test: an operator on a field, a window of time, or a CEL expression (``operator`` is then ``cel``).

    A field that is a template brings its own value; otherwise ``path`` names it in the CR (``readyWhen``: in the child)
    and ``field`` is None too. ``days`` holds weekdays, Monday 0. ``notify``: whom to tell when it holds.
    """

    operator: str
    position: Position
    field: Value | None = None
    path: Path | None = None
    value: Value | None = None
    value_type: str = ""
    negate: bool = False
    time: TimeWindow | None = None
    days: frozenset[int] | None = None
    cron: CronWindow | None = None
    cel: CelTest | None = None
    field_position: Position | None = None
    notify: Notify | None = None

    @property
    def place(self) -> Position:
        """Where its field is written, else the condition itself."""
        return self.field_position or self.position

    @property
    def subject(self) -> str:
        """The field or expression as its author wrote it, for messages."""
        if self.cel is not None:
            return self.cel.program.text
        return str(self.field) if self.field is not None else ".".join(self.path or ())


@dataclass(frozen=True, slots=True)
class Conditions:
    """``when``: all must hold. ``any_of`` (``or`` in the file): at least one, if there are any. Both must pass."""

    when: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()

    def __iter__(self) -> Iterator[Condition]:
        yield from self.when
        yield from self.any_of


@dataclass(frozen=True, slots=True)
class Binding:
    """A Motif at one of its imports: what its templates read as ``.inputs``. Inputs are rendered in the CR's context,
    with the inputs of the Motif around it, ``within``."""

    name: str
    inputs: Mapping[str, Value]
    within: Binding | None
    position: Position
