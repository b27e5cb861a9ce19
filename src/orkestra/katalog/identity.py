"""Which kind an entry operates: from ``apiTypes``, the CRD file or the built-in kinds."""

from __future__ import annotations

from dataclasses import dataclass

from orkestra.k8s.builtin import builtin_resource, builtin_resources
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object
from orkestra.katalog.crdfile import CrdFacts, Files, read_crds
from orkestra.katalog.diagnostics.finding import Span
from orkestra.katalog.schema.blocks import Decoded
from orkestra.katalog.schema.decoder import Decoder
from orkestra.katalog.source import ScalarNode
from orkestra.katalog.suggest import closest


@dataclass(frozen=True, slots=True)
class Identity:
    """``namespaced`` is None where only discovery can tell."""

    gvk: GVK
    plural: str
    namespaced: bool | None
    crd: Object | None = None
    is_builtin: bool = False


def identify(entry: Decoded, decoder: Decoder, files: Files) -> Identity | None:
    """The entry's kind, or None after reporting what is missing or contradictory."""
    types: Decoded | None = entry["apiTypes"]
    if entry["crdFile"]:
        return _from_crd(entry, types, decoder, files)
    if types is None or "kind" not in types:
        return None
    gvk = GVK(types["group"], types["version"], types["kind"])
    resource = builtin_resource(gvk) if gvk.version else None
    if resource is None and not gvk.version and not gvk.group:
        resource = next((r for r in builtin_resources() if r.kind == gvk.kind), None)
    if resource is not None:
        plural = types["plural"]
        if plural and plural != resource.plural:
            message = f"plural: {gvk.kind} is served as {resource.plural}, not {plural}"
            decoder.report(1114, message, types.value_span("plural"))
        return Identity(resource.gvk, resource.plural, resource.namespaced, is_builtin=True)
    missing = [name for name in ("group", "version", "plural") if not types[name]]
    if missing:
        near = closest(gvk.kind, (r.kind for r in builtin_resources())) if len(missing) == 3 else ""
        message = f"apiTypes: {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} required"
        if len(missing) == 3:
            message += f": {gvk.kind} is no built-in kind"
        decoder.report(1103, message, types.node.span, f'did you mean "{near}"?' if near else "")
        return None
    known = files.crds.get((gvk.group, gvk.kind))
    if known is not None:
        return (
            Identity(gvk, known.plural, known.namespaced, known.crd) if _agree(known, entry, types, decoder) else None
        )
    return Identity(gvk, types["plural"], entry["namespaced"])


def _from_crd(entry: Decoded, types: Decoded | None, decoder: Decoder, files: Files) -> Identity | None:
    at = entry.value_span("crdFile")

    def refuse(number: int, message: str, hint: str) -> None:
        decoder.report(number, message, at, hint)

    declared = entry.node.get("crdFile")
    assert isinstance(declared, ScalarNode)
    found = read_crds(declared, files, decoder.findings, refuse)
    if types is not None and types["kind"] and len(found) > 1:
        found = [facts for facts in found if facts.kind == types["kind"]] or found[:1]
    if len(found) > 1:
        kinds = ", ".join(sorted(facts.kind for facts in found))
        refuse(1113, f"crdFile: the file holds more than one CRD ({kinds})", "name one under apiTypes: {kind: …}")
        return None
    if not found:
        return None
    facts = found[0]
    if not _agree(facts, entry, types, decoder):
        return None
    version = types["version"] if types is not None else ""
    return Identity(facts.gvk(version), facts.plural, facts.namespaced, facts.crd)


def _agree(facts: CrdFacts, entry: Decoded, types: Decoded | None, decoder: Decoder) -> bool:
    clashes: list[tuple[Span, str]] = []
    if types is not None:
        for name, told in (("group", facts.group), ("kind", facts.kind), ("plural", facts.plural)):
            if types[name] and types[name] != told:
                clashes.append((types.value_span(name), f"{name}: the CRD says {told}, not {types[name]}"))
        if types["version"] and types["version"] not in facts.versions:
            served = ", ".join(facts.versions)
            clashes.append((types.value_span("version"), f"version: the CRD serves {served}, not {types['version']}"))
    if entry["namespaced"] is not None and entry["namespaced"] != facts.namespaced:
        scope = "Namespaced" if facts.namespaced else "Cluster"
        clashes.append((entry.value_span("namespaced"), f"namespaced: the CRD's scope is {scope}"))
    for at, message in clashes:
        decoder.report(1114, message, at)
    return not clashes
