"""CRD files that lie elsewhere: fetched as imports are, so that the lock pins them too."""

from __future__ import annotations

from collections.abc import Iterable

from orkestra.katalog.compose.fetching import FetchError
from orkestra.katalog.compose.references import http_reference, is_url
from orkestra.katalog.compose.weaving import Weaving
from orkestra.katalog.places import Place
from orkestra.katalog.source.nodes import ScalarNode


def fetch_crds(addresses: Iterable[tuple[str, ScalarNode]], weaving: Weaving) -> dict[str, Place]:
    """The files by address, of (entry, address) each. What cannot be had is reported and left out."""
    found: dict[str, Place] = {}
    for name, declared in addresses:
        what = f"spec.crds.{name[:80]}.crdFile"
        if not is_url(declared.text):
            weaving.report(2010, f"{what}: {declared.text[:200]} is no path and no https:// URL", declared.span)
            continue
        try:
            reference = http_reference(declared.text, None)
        except FetchError as error:
            hint = "leave them out, or keep a copy of the file beside the Katalog"
            weaving.report(error.number, f"{what}: {error}", declared.span, hint)
            continue
        artifact = weaving.get(reference, declared, what)
        if artifact is not None:
            found[declared.text] = weaving.entry_of(artifact)
    return found
