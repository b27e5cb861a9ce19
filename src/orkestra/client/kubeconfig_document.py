"""A kubeconfig file as typed lookups: a wrong type is an error that names file, path and expectation."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from orkestra.client.config import PemSource
from orkestra.client.errors import ConfigError

MAX_FILE_BYTES = 16 * 1024 * 1024


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the base depends on the platform
    """YAML as kubectl reads it: dates stay text."""

    yaml_implicit_resolvers = {  # noqa: RUF012 -- PyYAML's own class attribute
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class Section:
    """One mapping of a kubeconfig; ``path`` is its place, for messages. Null and absent are the same."""

    __slots__ = ("_values", "file", "path")

    def __init__(self, values: dict[str, Any], file: Path, path: str) -> None:
        self._values, self.file, self.path = values, file, path

    def text(self, key: str) -> str:
        """A string, "" where absent."""
        value = self._values.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.error(key, f"must be a string, not {_type_name(value)}", "quote numbers and booleans")
        return value

    def secret(self, key: str) -> str:
        """A string that goes into an HTTP header; the text itself never appears in a message."""
        value = self.text(key).strip()
        if value and not (value.isascii() and value.isprintable()):
            raise self.error(key, "contains characters that cannot be sent", "expected one line of printable ASCII")
        return value

    def flag(self, key: str) -> bool:
        value = self._values.get(key)
        if value is None:
            return False
        if not isinstance(value, bool):
            raise self.error(key, f"must be true or false, not {_type_name(value)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._list(key)
        for value in values:
            if not isinstance(value, str):
                raise self.error(key, f"must be a list of strings, found {_type_name(value)}")
        return tuple(values)

    def section(self, key: str) -> Section | None:
        value = self._values.get(key)
        return None if value is None else _section(value, self.file, self._join(key))

    def sections(self, key: str) -> Iterator[Section]:
        for index, value in enumerate(self._list(key)):
            yield _section(value, self.file, f"{self._join(key)}[{index}]")

    def items(self) -> Iterator[tuple[str, Any]]:
        return iter(self._values.items())

    def pem(self, key: str) -> PemSource:
        """``<key>-data`` (base64) if set, else the file ``<key>``, relative to the kubeconfig; it must exist."""
        data = self.text(f"{key}-data")
        if data:
            try:
                return PemSource(data=base64.b64decode("".join(data.split()), validate=True))
            except (binascii.Error, ValueError):
                raise self.error(f"{key}-data", "is not base64", "expected base64 of a PEM file") from None
        file = self.existing_file(key)
        return PemSource(file=file) if file else PemSource()

    def existing_file(self, key: str) -> str:
        """The path under ``key``, made absolute against the kubeconfig's folder; "" where absent."""
        named = self.text(key)
        if not named:
            return ""
        path = self.file.parent / Path(named).expanduser()
        if not path.is_file():
            raise self.error(key, f"names a file that does not exist: {path}")
        return str(path)

    def error(self, key: str, problem: str, hint: str = "") -> ConfigError:
        return ConfigError(f"{self._join(key)} {problem}", file=self.file, hint=hint)

    def _list(self, key: str) -> list[Any]:
        value = self._values.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error(key, f"must be a list, not {_type_name(value)}")
        return value

    def _join(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def read_document(file: Path) -> Section:
    """The root of a kubeconfig file. Raises ConfigError for anything but a YAML mapping of readable size."""
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"cannot read the kubeconfig: {error.strerror}", file=file) from None
    if len(content) > MAX_FILE_BYTES:
        raise ConfigError(f"the kubeconfig is larger than {MAX_FILE_BYTES} bytes", file=file)
    try:
        root = yaml.load(content, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ConfigError(f"not valid YAML{place}: {error.problem}", file=file) from None
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        raise ConfigError("not valid YAML", file=file) from None
    if root is None:
        root = {}
    document = _section(root, file, "")
    kind = document.text("kind")
    if kind not in ("", "Config"):
        raise document.error("kind", f"is {kind!r}", "expected a kubeconfig: kind Config, apiVersion v1")
    return document


def _section(value: Any, file: Path, path: str) -> Section:
    if not isinstance(value, dict):
        raise ConfigError(
            f"{path or 'the file'} must be a mapping, not {_type_name(value)}",
            file=file,
            hint="" if path else "expected a kubeconfig: kind Config, apiVersion v1",
        )
    return Section(value, file, path)


def _type_name(value: Any) -> str:
    names = {
        dict: "a mapping",
        list: "a list",
        str: "a string",
        bool: "a boolean",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "null" if value is None else type(value).__name__)
