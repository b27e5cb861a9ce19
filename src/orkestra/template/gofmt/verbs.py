"""One value by one verb: what ``%d``, ``%-8.2f`` or ``%q`` prints. Rules: go ``src/fmt/print.go``, ``format.go``.

A verb that does not fit its value is not an error to Go but text in the output, such as ``%!d(string=a)``; so it is
here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orkestra.template.errors import FunctionError
from orkestra.template.gofmt.floats import format_float
from orkestra.template.gofmt.printer import MAX_VALUE_DEPTH, check_size, int_text, sorted_items
from orkestra.template.gofmt.quote import can_backquote, char_of_code, quote, quote_char
from orkestra.template.values import MAX_INT64, MIN_INT64, Byte, go_bytes, type_name


class VerbPrinter:
    """Prints values to ``out`` under the current flags. ``nil`` is what None prints under %v at the top."""

    def __init__(self, limit: int, nil: str) -> None:
        self.limit = limit
        self.nil = nil
        self.out: list[str] = []
        self.size = 0
        self.clear_flags()

    def clear_flags(self) -> None:
        self.minus = self.plus = self.sharp = self.space = self.zero = False
        self.plus_v = self.sharp_v = False
        self.width: int | None = None
        self.precision: int | None = None

    def write(self, text: str) -> None:
        self.size += len(text)
        check_size(self.size, self.limit)
        self.out.append(text)

    # Values

    def print_argument(self, value: Any, verb: str) -> None:
        if value is None:
            if (verb == "v" and self.nil) or verb == "T":
                self.pad(self.nil if verb == "v" else "<nil>")
            elif not self.nil and verb in "vsq":
                self.print_text("", verb)
            else:
                self.write(f"%!{verb}(<nil>)")
        elif verb == "T":
            self.pad(self.truncated(type_name(value)))
        elif verb == "p":
            if isinstance(value, (list, tuple, Mapping)):
                raise FunctionError("%p is not supported: values have no address")
            self.print_bad_verb(value, verb)
        elif verb == "w":
            self.print_bad_verb(value, verb)
        else:
            self.print_value(value, verb, MAX_VALUE_DEPTH)

    def print_value(self, value: Any, verb: str, depth: int) -> None:
        if isinstance(value, bool):
            if verb in "tv":
                self.pad("true" if value else "false")
            else:
                self.print_bad_verb(value, verb)
        elif isinstance(value, int):
            self.print_int(value, verb)
        elif isinstance(value, float):
            self.print_float(value, verb)
        elif isinstance(value, str):
            self.print_text(value, verb)
        elif value is None:
            self.write("interface {}(nil)" if self.sharp_v else "<nil>")
        else:
            self.print_composite(value, verb, depth)

    def print_composite(self, value: Any, verb: str, depth: int) -> None:
        if depth == 0:
            raise FunctionError(f"a value nested deeper than {MAX_VALUE_DEPTH} levels cannot be printed")
        is_map = isinstance(value, Mapping)
        if not is_map and not isinstance(value, (list, tuple)):
            raise FunctionError(f"a value of type {type(value).__name__} cannot be printed")
        separator = ", " if self.sharp_v else " "
        self.write(f"{type_name(value)}{{" if self.sharp_v else "map[" if is_map else "[")
        if is_map:
            for number, (key, item) in enumerate(sorted_items(value)):
                self.write(separator if number else "")
                self.print_value(key, verb, depth - 1)
                self.write(":")
                self.print_value(item, verb, depth - 1)
        else:
            for number, item in enumerate(value):
                self.write(separator if number else "")
                self.print_value(item, verb, depth - 1)
        self.write("}" if self.sharp_v else "]")

    def print_bad_verb(self, value: Any, verb: str) -> None:
        self.write(f"%!{verb}({type_name(value)}=")
        self.print_value(value, "v", MAX_VALUE_DEPTH)
        self.write(")")

    # Text

    def print_text(self, text: str, verb: str) -> None:
        if verb == "s" or (verb == "v" and not self.sharp_v):
            self.pad(self.truncated(text))
        elif verb in "qv":
            text = self.truncated(text)
            if self.sharp and can_backquote(text):
                self.pad(f"`{text}`")
            else:
                self.pad(quote(text, self.plus))
        elif verb in "xX":
            self.print_hex(go_bytes(text), verb)
        else:
            self.print_bad_verb(text, verb)

    def print_hex(self, data: bytes, verb: str) -> None:
        data = data[: self.precision] if self.precision is not None else data
        check_size(2 * len(data), self.limit)
        pairs = [f"{byte:02{verb}}" for byte in data]
        prefix = "0" + verb if self.sharp and data else ""
        text = (" " + prefix).join(pairs) if self.space else "".join(pairs)
        self.pad(prefix + text)

    def truncated(self, text: str) -> str:
        return text if self.precision is None else text[: self.precision]

    def pad(self, text: str, zero: bool | None = None) -> None:
        missing = (self.width or 0) - len(text)
        if missing <= 0:
            self.write(text)
        elif self.minus:
            self.write(text)
            self.write(" " * missing)
        else:
            self.write(("0" if (self.zero if zero is None else zero) else " ") * missing)
            self.write(text)

    # Numbers

    def print_int(self, value: int, verb: str) -> None:
        if not MIN_INT64 <= value <= MAX_INT64:
            int_text(value)  # raises for what no float holds either
            self.print_float(float(value), verb)
        elif verb == "v" and self.sharp_v and isinstance(value, Byte):
            self.sharp = True
            self.pad(self.digits(value, "x"), zero=False)
            self.sharp = False
        elif verb in "vdboOxX":
            self.pad(self.digits(value, verb), zero=False)
        elif verb == "c":
            self.pad(char_of_code(value))
        elif verb == "q":
            self.pad(quote_char(value, self.plus))
        elif verb == "U":
            self.pad(self.unicode(value), zero=False)
        else:
            self.print_bad_verb(value, verb)

    def digits(self, value: int, verb: str) -> str:
        """Sign, prefix and digits; zero padding is precision to Go."""
        precision = self.precision
        if precision == 0 and value == 0:
            return ""
        if precision is None and self.zero and not self.minus and self.width is not None:
            precision = self.width - (value < 0 or self.plus or self.space)
        base = {"b": "b", "o": "o", "O": "o", "x": "x", "X": "X"}.get(verb, "d")
        text = format(abs(int(value)), base).rjust(precision or 0, "0")
        if self.sharp:
            if base == "o":
                text = text if text.startswith("0") else "0" + text
            elif base != "d":
                text = f"0{base}{text}"
        if verb == "O":
            text = "0o" + text
        sign = "-" if value < 0 else "+" if self.plus else " " if self.space else ""
        return sign + text

    def unicode(self, value: int) -> str:
        code = value & 0xFFFF_FFFF_FFFF_FFFF
        text = "U+" + f"{code:X}".rjust(max(self.precision or 0, 4), "0")
        if self.sharp and code <= 0x10FFFF and chr(code).isprintable():
            text += f" '{chr(code)}'"
        return text

    def print_float(self, value: float, verb: str) -> None:
        if verb == "v":
            form, precision = "g", -1
        elif verb in "bgGxX":
            form, precision = verb, -1
        elif verb in "feEF":
            form, precision = verb.replace("F", "f"), 6
        else:
            self.print_bad_verb(value, verb)
            return
        precision = precision if self.precision is None else self.precision
        text = format_float(value, form, precision)
        sign, text = (text[0], text[1:]) if text[0] in "+-" else ("+", text)
        if self.space and sign == "+" and not self.plus:
            sign = " "
        if text[0] in "IN":
            is_signed = sign != "+" or self.plus or text[0] == "I"
            if text[0] == "N" and not self.space and not self.plus:
                is_signed = False
            if text[0] == "I" and sign == "+" and not self.plus:
                is_signed = True
            self.pad(sign + text if is_signed else text, zero=False)
            return
        if self.sharp and verb != "b":
            text = self.with_point(text, form, precision)
        if self.plus or sign != "+":
            if self.zero and not self.minus and self.width is not None and self.width > len(text) + 1:
                self.write(sign + "0" * (self.width - len(text) - 1) + text)
            else:
                self.pad(sign + text)
        else:
            self.pad(text)

    def with_point(self, text: str, form: str, precision: int) -> str:
        """The # flag: always a decimal point, and trailing zeros kept for form g."""
        marks = "pP" if form in "xX" else "eE"
        cut = next((i for i, char in enumerate(text) if char in marks), len(text))
        body, tail = text[:cut], text[cut:]
        wanted = (6 if precision < 0 else precision) if form in "gGx" else 0
        if "." not in body:
            body_has_point = False
        else:
            body_has_point = True
        significant = len(body.replace(".", "").lstrip("0"))
        wanted -= significant
        if not body_has_point:
            if body == "0":
                wanted -= 1
            body += "."
        return body + "0" * max(wanted, 0) + tail
