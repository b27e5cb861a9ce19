"""The rows of ``imports`` -> the files they name, in order of precedence: registry, files, helm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orkestra.katalog.compose.fetching import Auth, FetchError, Reference
from orkestra.katalog.compose.merging import get_map, text_of
from orkestra.katalog.compose.references import (
    auth_of,
    helm_reference,
    http_reference,
    is_url,
    registry_references,
)
from orkestra.katalog.compose.weaving import Chain, Weaving
from orkestra.katalog.places import Place
from orkestra.katalog.schema.blocks import Decoded
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode, plain_value


@dataclass(frozen=True, slots=True)
class Part:
    """One import: its file, the node that declares it, what that is called. ``is_rendered``: a chart's output, of which
    other kinds of documents are left out."""

    place: Place
    declared: Node
    what: str
    takes_komposer: bool = False
    is_rendered: bool = False


@dataclass(frozen=True, slots=True)
class Sources:
    """``environ``: the variables that paths and registries may be named by."""

    weaving: Weaving
    environ: Mapping[str, str]

    def parts(self, imports: Decoded, chain: Chain) -> Iterator[Part]:
        """What cannot be found or fetched is reported and left out."""
        for n, row in enumerate(imports["registry"] or ()):
            yield from self._registry(row, f"imports.registry[{n}]")
        files = imports.node.get("files")
        for n, item in enumerate(files.items if isinstance(files, ListNode) else ()):
            yield from self._file(item, imports["files"], f"imports.files[{n}]", chain)
        for n, row in enumerate(imports["helm"] or ()):
            yield from self._chart(row, f"imports.helm[{n}]", chain)

    def _registry(self, row: Decoded, what: str) -> Iterator[Part]:
        if "url" not in row and "oci" not in row:
            return  # which was reported
        patterns = get_map(row.node, "katalog")
        first = next(iter(row.node.entries.values()))[0]
        try:
            references = registry_references(row, self.environ)
        except FetchError as error:
            self.weaving.report(error.number, f"{what}: {error}", row.node.span, error.hint)
            return
        for name, reference in references:
            is_named = patterns is not None and name in patterns.entries
            declared = patterns.entries[name][0] if patterns is not None and is_named else first
            shown = f"{what}.katalog.{name}" if is_named else what
            yield from self._remote(reference, declared, shown, takes_komposer=row["useKomposer"])

    def _file(self, item: Node, decoded: list[object], what: str, chain: Chain) -> Iterator[Part]:
        declared = item.get("url") if isinstance(item, MapNode) else item
        path = self._expanded(declared, what) if isinstance(declared, ScalarNode) else ""
        if declared is None or not path:
            return
        auth: Auth | None = None
        for row in decoded or ():
            if isinstance(row, Decoded) and row.node is item:
                auth = auth_of(row["auth"])
        if is_url(path):
            try:
                reference = http_reference(path, auth)
            except FetchError as error:
                self.weaving.report(error.number, f"{what}: {error}", declared.span, error.hint)
                return
            yield from self._remote(reference, declared, what)
            return
        place = self.weaving.find(declared, path, what, chain)
        if place is not None:
            yield Part(place, declared, what)

    def _expanded(self, declared: ScalarNode, what: str) -> str:
        """The path; one that is ``$VARIABLE`` is what that holds."""
        text = declared.text.strip()
        if not text.startswith("$"):
            return text
        name = text[1:].removeprefix("{").removesuffix("}")
        value = self.environ.get(name, "")
        if not value:
            self.weaving.report(2008, f"{what}: the environment variable {name[:80]} is not set", declared.span)
        return value

    def _chart(self, row: Decoded, what: str, chain: Chain) -> Iterator[Part]:
        if any(key not in row for key in ("repo", "chart", "version")):
            return
        listed = row.node.get("valueFiles")
        nodes = listed.items if isinstance(listed, ListNode) else [listed] if listed is not None else []
        values: list[str] = []
        for n, node in enumerate(nodes):
            named = f"{what}.valueFiles[{n}]"
            place = self.weaving.find(node, text_of(node), named, chain) if text_of(node) else None
            found = self.weaving.open(place, node, named, chain, "include") if place else None
            if found is None:
                return
            import json

            values.append(json.dumps(plain_value(found)))
        try:
            reference = helm_reference(row, values)
        except FetchError as error:
            self.weaving.report(error.number, f"{what}: {error}", row.value_span("repo"), error.hint)
            return
        yield from self._remote(reference, row.node.entries["chart"][1], what, is_rendered=True)

    def _remote(
        self,
        reference: Reference,
        declared: Node,
        what: str,
        *,
        takes_komposer: bool = False,
        is_rendered: bool = False,
    ) -> Iterator[Part]:
        artifact = self.weaving.get(reference, declared, what)
        if artifact is not None:
            yield Part(self.weaving.entry_of(artifact), declared, what, takes_komposer, is_rendered)
