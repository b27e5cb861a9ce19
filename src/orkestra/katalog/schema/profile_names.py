"""``profile``: the field that names a preset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orkestra.katalog.profiles import PROFILES
from orkestra.katalog.schema.decoder import MISSING, Decoder, Preset
from orkestra.katalog.schema.scalars import ScalarType
from orkestra.katalog.source.nodes import ScalarNode
from orkestra.katalog.suggest import closest

SKIPPED = frozenset({"networkPolicies", "resourceQuotas", "limitRanges"})
"""Classes of which an unknown name is a warning, and then means nothing."""


class ProfileName(ScalarType):
    """The name of a preset, capitals aside; decodes to it as it was declared."""

    def __init__(self, class_: str, *, templated: bool = True) -> None:
        super().__init__(templated=templated)
        self.class_ = class_
        built_in = PROFILES.get(class_)
        self.expects = "a profile of your own"
        if built_in:
            self.expects = f"one of {', '.join(built_in)}, or {self.expects}"

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        own: Mapping[str, Preset] = decoder.presets.get(self.class_, {})
        low = node.text.strip().lower()
        if low in own:
            return own[low].name
        if low in PROFILES.get(self.class_, {}):
            return low
        known = [*(preset.name for preset in own.values()), *PROFILES.get(self.class_, {})]
        listed = f"not one of {', '.join(known)}" if known else f"no profile of {self.class_}"
        message = f'profile: "{node.text[:60]}" is {listed}'
        if self.class_ in SKIPPED:
            decoder.report(2027, f"{message}; it is left out", node.span, lambda: self._hint(node.text, known))
        else:
            decoder.report(1105, message, node.span, lambda: self._hint(node.text, known))
        return MISSING

    def _hint(self, text: str, known: list[str]) -> str:
        near = closest(text, known)
        return f'did you mean "{near}"?' if near else ""
