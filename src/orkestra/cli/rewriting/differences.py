"""The difference between two texts as a patch."""

from __future__ import annotations

from difflib import unified_diff
from typing import Final

_COLOURS: Final = {"+": "32", "-": "31", "@": "36"}


def patch(name: str, before: str, after: str) -> str:
    """A unified diff that ``patch -p0`` takes; empty when the texts are one."""
    lines: list[str] = []
    for line in unified_diff(_lines(before), _lines(after), name, name, n=3):
        lines.append(line)
        if not line.endswith("\n"):
            lines.append("\n\\ No newline at end of file\n")
    return "".join(lines)


def coloured(patch_text: str) -> str:
    """The patch for a terminal; characters that could drive it are made visible."""
    shown: list[str] = []
    for line in patch_text.split("\n"):
        safe = "".join(c if c.isprintable() or c == "\t" else "" if c == "\r" else f"\\x{ord(c):02x}" for c in line)
        colour = "1" if line.startswith(("+++", "---")) else _COLOURS.get(line[:1])
        shown.append(f"\x1b[{colour}m{safe}\x1b[0m" if colour else safe)
    return "\n".join(shown)


def _lines(text: str) -> list[str]:
    parts = text.split("\n")
    lines = [part + "\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines
