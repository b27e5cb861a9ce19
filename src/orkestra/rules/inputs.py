"""``.inputs``: what a Motif was given, rendered for one CR."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orkestra.katalog.terms import Binding
from orkestra.template import Environment


class Inputs:
    """The inputs of every Motif of a box for one CR, each rendered once, when it is first asked for."""

    def __init__(self, scope: Mapping[str, Any], environment: Environment) -> None:
        self.scope = scope
        self.environment = environment
        self._known: dict[int, Mapping[str, Any]] = {}

    def scope_for(self, motif: Binding | None) -> Mapping[str, Any]:
        """The scope of what ``motif`` brought: ``scope`` with its ``inputs``. Raises RenderError."""
        if motif is None:
            return self.scope
        known = self._known.get(id(motif))
        if known is None:
            outer = self.scope_for(motif.within)
            found = {name: value.render(outer, self.environment) for name, value in motif.inputs.items()}
            known = self._known[id(motif)] = {**self.scope, "inputs": found}
        return known
