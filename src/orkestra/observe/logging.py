"""Structured logs: one line per record, for a person on a terminal, for a machine everywhere else.

A record is a sentence and fields: ``log.info("applied", kind="Deployment", name="web")``. Fields are JSON values;
what looks like a secret is masked before it is written, whoever logged it (``masking``). Tracebacks are written at
debug level only: on other levels an exception is its type and message.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec

from orkestra.observe.masking import MAX_TEXT_CHARS, mask, mask_text

ROOT = "orkestra"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029]|\n(?=.)|\t", re.DOTALL)
_COLORS = {"debug": "2", "info": "36", "warning": "33", "error": "31"}


class Logger:
    """A named logger with bound fields; cheap where its level is off. Field names are free but for ``message``."""

    __slots__ = ("_fields", "_logger")

    def __init__(self, logger: logging.Logger, fields: Mapping[str, Any] | None = None) -> None:
        self._logger = logger
        self._fields = dict(fields or {})

    def bind(self, **fields: Any) -> Logger:
        """A logger that adds ``fields`` to every record."""
        return Logger(self._logger, self._fields | fields)

    def is_debug(self) -> bool:
        return self._logger.isEnabledFor(logging.DEBUG)

    def debug(self, message: str, /, **fields: Any) -> None:
        self._write(logging.DEBUG, message, None, fields)

    def info(self, message: str, /, **fields: Any) -> None:
        self._write(logging.INFO, message, None, fields)

    def warning(self, message: str, /, *, cause: BaseException | None = None, **fields: Any) -> None:
        self._write(logging.WARNING, message, cause, fields)

    def error(self, message: str, /, *, cause: BaseException | None = None, **fields: Any) -> None:
        self._write(logging.ERROR, message, cause, fields)

    def _write(self, level: int, message: str, cause: BaseException | None, fields: Mapping[str, Any]) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, "%s", message, extra={"fields": {**self._fields, **fields}, "cause": cause})


def get_logger(name: str, **fields: Any) -> Logger:
    """The logger ``orkestra.<name>``; ``name`` is the word an operator of the runtime filters by."""
    return Logger(logging.getLogger(f"{ROOT}.{name}" if name else ROOT), fields)


def innermost(error: BaseException) -> BaseException:
    """The first exception inside groups, which themselves say only how many they hold."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def configure_logging(*, level: str = "info", format: str = "auto", stream: TextIO | None = None) -> None:
    """Send our records, and warnings of libraries, to ``stream`` (default: standard error). May be called again.

    ``level`` is debug, info, warning or error; ``format`` is human, json or auto (human on a terminal).
    Raises ValueError for anything else.
    """
    levels = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
    if level not in levels:
        raise ValueError(f"unknown log level {level!r}: expected {', '.join(levels)}")
    if format not in ("auto", "human", "json"):
        raise ValueError(f"unknown log format {format!r}: expected auto, human or json")
    stream = stream if stream is not None else sys.stderr
    is_terminal = stream.isatty()
    is_human = format == "human" or (format == "auto" and is_terminal)
    handler = logging.StreamHandler(stream)
    is_debug = level == "debug"
    handler.setFormatter(HumanFormatter(is_debug, has_color=is_terminal) if is_human else JsonFormatter(is_debug))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(ROOT).setLevel(levels[level])
    # a full disk or a closed pipe must not print a traceback on the terminal
    logging.raiseExceptions = False


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, message, then the fields."""

    def __init__(self, has_tracebacks: bool = False) -> None:
        super().__init__()
        self._has_tracebacks = has_tracebacks

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": _timestamp(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask_text(record.getMessage()),
        }
        for name, value in _fields_of(record, self._has_tracebacks).items():
            line.setdefault(name, value)
        return msgspec.json.encode(line).decode("utf-8")


class HumanFormatter(logging.Formatter):
    """``12:00:05 info  applied  kind=Deployment name=web``; control characters are shown, not sent on."""

    def __init__(self, has_tracebacks: bool = False, *, has_color: bool = False) -> None:
        super().__init__()
        self._has_tracebacks = has_tracebacks
        self._has_color = has_color

    def format(self, record: logging.LogRecord) -> str:
        level = record.levelname.lower()
        shown = f"{level:<7}"
        if self._has_color:
            shown = f"\x1b[{_COLORS.get(level, '0')}m{shown}\x1b[0m"
        clock = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        fields = _fields_of(record, self._has_tracebacks)
        trace = fields.pop("traceback", None)
        pairs = "".join(f" {_visible(name)}={_human(value)}" for name, value in fields.items())
        line = f"{clock} {shown} {_visible(mask_text(record.getMessage()))}{' ' if pairs else ''}{pairs}"
        return f"{line}\n{mask_text(trace).rstrip()}" if trace else line


def _fields_of(record: logging.LogRecord, has_tracebacks: bool) -> dict[str, Any]:
    given: Any = getattr(record, "fields", None)
    fields = {str(name): mask(value, str(name)) for name, value in given.items()} if isinstance(given, dict) else {}
    cause = getattr(record, "cause", None) or (record.exc_info[1] if record.exc_info else None)
    if isinstance(cause, BaseException):
        shown = innermost(cause)
        fields["error"] = mask_text(str(shown) or type(shown).__name__)
        fields["error_type"] = type(shown).__name__
        if has_tracebacks:
            fields["traceback"] = mask_text("".join(traceback.format_exception(cause))[-MAX_TEXT_CHARS:])
    return fields


def _timestamp(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _human(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode("utf-8")
    text = _visible(text)
    return f'"{text}"' if isinstance(value, str) and (not text or " " in text or "=" in text) else text


def _visible(text: str) -> str:
    """A log line stays one line, and cannot move the cursor of whoever reads it."""
    return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)
