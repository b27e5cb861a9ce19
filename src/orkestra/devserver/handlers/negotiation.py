"""The form of an answer, out of the Accept header."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from orkestra.k8s.errors import NotAcceptable

Form = Literal["object", "table", "partial"]
PROTOBUF = "application/vnd.kubernetes.protobuf"
_FORMS: dict[str, Form] = {
    "": "object",
    "Table": "table",
    "PartialObjectMetadata": "partial",
    "PartialObjectMetadataList": "partial",
}
_MEDIA = ("application/json", "application/yaml", PROTOBUF)
_MAX_HEADER = 4096


@dataclass(frozen=True, slots=True)
class Accepted:
    """``media`` is application/json, application/yaml or protobuf; ``as_kind`` and ``version`` are the parameters."""

    media: str = "application/json"
    form: Form = "object"
    as_kind: str = ""
    version: str = ""

    @property
    def content_type(self) -> str:
        return self.media


@lru_cache(maxsize=512)
def accepted(header: str) -> Accepted:
    """The first form of the header that is served, JSON before protobuf. Raises NotAcceptable."""
    fallback: Accepted | None = None
    for part in header[:_MAX_HEADER].split(","):
        media, *rest = (piece.strip() for piece in part.split(";"))
        parameters = dict(piece.partition("=")[::2] for piece in rest)
        as_kind = parameters.get("as", "")
        if media in ("*/*", "application/*", ""):
            media = "application/json"
        if media == PROTOBUF and not as_kind:
            fallback = fallback or Accepted(PROTOBUF)
        if media not in ("application/json", "application/yaml"):
            continue
        form = _FORMS.get(as_kind)
        if form is not None:
            if form != "object" and parameters.get("v", "v1") != "v1":
                continue
            return Accepted(media, form, as_kind, parameters.get("v", ""))
        if as_kind in ("APIGroupDiscoveryList",) and parameters.get("v") in ("v2", "v2beta1"):
            return Accepted(media, "object", as_kind, parameters["v"])
    if fallback is not None:
        return fallback
    if not header.strip():
        return Accepted()
    if any(part.partition(";")[0].strip() in _MEDIA for part in header.split(",")):
        raise NotAcceptable(f"only the following media types are accepted: {', '.join(_MEDIA)}")
    shown = ", ".join([*_MEDIA, *(f"{media};stream=watch" for media in _MEDIA if media != "application/yaml")])
    raise NotAcceptable(f"406: Not Acceptable\n\nAvailable representations: {shown}", details={})
