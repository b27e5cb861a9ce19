"""``printf``: the format string, its argument indexes, widths and precisions. Rules: go ``src/fmt/print.go``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from orkestra.template.gofmt.quote import quote
from orkestra.template.gofmt.verbs import VerbPrinter
from orkestra.template.values import MAX_INT64, MIN_INT64, Int, type_name

_LARGEST: Final = 1_000_000  # Go takes no larger width or precision
_FLAGS: Final = re.compile(r"[#0+\- ]*")
_PLAIN_VERB: Final = re.compile(r"%([sdvq])")
_PLANNED: Final = 1024


def sprintf(template: str, values: Sequence[Any], limit: int, nil: str = "<nil>") -> str:
    """Go's Sprintf. ``nil`` is what None prints under %v at the top; when it is empty, %s and %q print None as an
    empty string too. Raises UnfinishedText beyond ``limit`` characters, FunctionError for values outside JSON."""
    plan = plan_of(template)
    if plan is not None and len(plan.verbs) == len(values):
        text = _filled(plan, values)
        if text is not None and len(text) <= limit:
            return text
    return _Formatter(template, values, limit, nil).run()


class Plan(NamedTuple):
    """A format of plain %s %d %v %q only: the texts around the verbs, and the verbs."""

    texts: tuple[str, ...]
    verbs: tuple[str, ...]


@lru_cache(maxsize=512)
def plan_of(template: str) -> Plan | None:
    if len(template) > _PLANNED:
        return None
    pieces = _PLAIN_VERB.split(template)
    if any("%" in text for text in pieces[::2]):
        return None
    return Plan(tuple(pieces[::2]), tuple(pieces[1::2]))


def _filled(plan: Plan, values: Sequence[Any]) -> str | None:
    """The frequent case: each value of the type its verb is for. None when it is not."""
    texts = plan.texts
    out = [texts[0]]
    for at, verb in enumerate(plan.verbs):
        value = values[at]
        kind = type(value)
        if kind is str and verb != "d":
            out.append(quote(value) if verb == "q" else value)
        elif (kind is int or kind is Int) and verb in "dv" and MIN_INT64 <= value <= MAX_INT64:
            out.append(int.__repr__(value))
        else:
            return None
        out.append(texts[at + 1])
    return "".join(out)


class _Formatter(VerbPrinter):
    """Reads a format from left to right."""

    def __init__(self, template: str, values: Sequence[Any], limit: int, nil: str) -> None:
        super().__init__(limit, nil)
        self.template = template
        self.values = values
        self.at = 0
        self.argument = 0
        self.is_reordered = False
        self.is_good_index = True

    def run(self) -> str:
        template = self.template
        end = len(template)
        while self.at < end:
            percent = template.find("%", self.at)
            if percent < 0:
                self.write(template[self.at :])
                break
            if percent > self.at:
                self.write(template[self.at : percent])
            self.at = percent + 1
            self.clear_flags()
            self.verb()
        if not self.is_reordered and self.argument < len(self.values):
            self.report_extra()
        return "".join(self.out)

    def verb(self) -> None:
        template, end = self.template, len(self.template)
        found = _FLAGS.match(template, self.at)
        assert found is not None  # the pattern matches nothing too
        flags = found.group()
        self.minus, self.plus, self.sharp = "-" in flags, "+" in flags, "#" in flags
        self.space, self.zero = " " in flags, "0" in flags
        self.at = found.end()
        self.is_good_index = True
        after_index = self.explicit_index()
        if self.at < end and template[self.at] == "*":
            self.at += 1
            self.width = self.int_argument()
            if self.width is None:
                self.write("%!(BADWIDTH)")
            elif self.width < 0:
                self.width, self.minus, self.zero = -self.width, True, False
            after_index = False
        else:
            self.width = self.number()
            if after_index and self.width is not None:
                self.is_good_index = False
        if self.at + 1 < end and template[self.at] == ".":
            after_index = self.parse_precision(after_index)
        if not after_index:
            self.explicit_index()
        if self.at >= end:
            self.write("%!(NOVERB)")
            return
        verb = template[self.at]
        self.at += 1
        if verb == "%":
            self.write("%")
        elif not self.is_good_index:
            self.write(f"%!{verb}(BADINDEX)")
        elif self.argument >= len(self.values):
            self.write(f"%!{verb}(MISSING)")
        else:
            if verb in "vw":
                self.sharp_v, self.sharp = self.sharp, False
                self.plus_v, self.plus = self.plus, False
            value = self.values[self.argument]
            self.argument += 1
            self.print_argument(value, verb)

    def parse_precision(self, after_index: bool) -> bool:
        template, end = self.template, len(self.template)
        self.at += 1
        if after_index:
            self.is_good_index = False
        after_index = self.explicit_index()
        if self.at < end and template[self.at] == "*":
            self.at += 1
            precision = self.int_argument()
            self.precision = precision if precision is not None and precision >= 0 else None
            if self.precision is None:
                self.write("%!(BADPREC)")
            return False
        self.precision = self.number() or 0
        return after_index

    def explicit_index(self) -> bool:
        """Reads ``[n]``; tells whether it stood there and was well formed."""
        template = self.template
        if self.at >= len(template) or template[self.at] != "[":
            return False
        self.is_reordered = True
        close = template.find("]", self.at)
        if len(template) - self.at < 3 or close < 0:
            self.at += 1
            self.is_good_index = False
            return False
        digits = template[self.at + 1 : close]
        self.at = close + 1
        if not digits.isascii() or not digits.isdigit() or len(digits) > 7:
            self.is_good_index = False
            return False
        index = int(digits) - 1
        if 0 <= index < len(self.values):
            self.argument = index
        else:
            self.is_good_index = False
        return True

    def number(self) -> int | None:
        """Digits of a width or precision; one beyond a million swallows the rest of the format."""
        template, start = self.template, self.at
        number = 0
        while self.at < len(template) and "0" <= template[self.at] <= "9":
            if number > _LARGEST:
                self.at = len(template)
                return None
            number = number * 10 + int(template[self.at])
            self.at += 1
        return number if self.at > start else None

    def int_argument(self) -> int | None:
        if self.argument >= len(self.values):
            return None
        value = self.values[self.argument]
        self.argument += 1
        is_int = isinstance(value, int) and not isinstance(value, bool)
        return value if is_int and -_LARGEST <= value <= _LARGEST else None

    def report_extra(self) -> None:
        self.clear_flags()
        self.write("%!(EXTRA ")
        for number, value in enumerate(self.values[self.argument :]):
            self.write(", " if number else "")
            if value is None:
                self.write("<nil>")
            else:
                self.write(type_name(value) + "=")
                self.print_argument(value, "v")
        self.write(")")
