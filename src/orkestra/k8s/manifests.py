"""Objects as the YAML of manifests: the same objects, the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

_WIDTH: Final = 120


def to_yaml(data: Any) -> str:
    """YAML of what JSON can hold, which reads back as the same; keys in the order given, no anchors, a newline at its
    end. Texts that YAML 1.1 would take for something else are quoted."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    Dumper.add_representer(str, _text)
    return yaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=_WIDTH)


def to_documents(objects: Iterable[Any]) -> str:
    """One YAML document for each object, parted by ``---``."""
    return "---\n".join(to_yaml(each) for each in objects)


def _text(dumper: Any, value: str) -> Any:
    style = "|" if "\n" in value.strip("\n") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)
