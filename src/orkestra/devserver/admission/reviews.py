"""AdmissionReview: the request for a hook, and what an answer says."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from orkestra.devserver.admission.matching import Hook
from orkestra.devserver.handlers.reviews import USER
from orkestra.devserver.writes import Draft
from orkestra.k8s.errors import StatusError, status_error
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object


class BadAnswer(Exception):
    """An answer that is no AdmissionReview for the request; the text says why."""


@dataclass(slots=True)
class Verdict:
    is_allowed: bool
    status: Mapping[str, Any] = field(default_factory=dict)
    patch: Any = None
    warnings: list[str] = field(default_factory=list)


def review_of(draft: Draft, hook: Hook) -> Object:
    """The request, in the version the hook asked for."""
    hub = draft.kind.to_hub(draft.obj)
    obj = draft.obj if hook.kind is draft.kind else hook.kind.from_hub(hub)
    old = None if draft.old is None else hook.kind.from_hub(draft.old.obj)
    request: Object = {
        "uid": str(uuid.uuid4()),
        "kind": _kind(hook.kind.info),
        "resource": _resource(hook.kind.info),
        "requestKind": _kind(draft.kind.info),
        "requestResource": _resource(draft.kind.info),
        "name": draft.name,
        "operation": draft.operation,
        "userInfo": USER,
        "object": None if draft.operation == "DELETE" else obj,
        "oldObject": old,
        "dryRun": draft.options.dry_run,
        "options": {"kind": f"{draft.operation.capitalize()}Options", "apiVersion": "meta.k8s.io/v1"},
    }
    if draft.namespace:
        request["namespace"] = draft.namespace
    if draft.subresource:
        request["subResource"] = request["requestSubResource"] = draft.subresource
    return {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request}


def verdict_of(body: bytes, review: Object) -> Verdict:
    """Raises BadAnswer."""
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise BadAnswer("the response is not JSON") from None
    response = answer.get("response") if isinstance(answer, dict) else None
    if not isinstance(response, dict):
        raise BadAnswer("webhook response was absent")
    if answer.get("kind") != "AdmissionReview":
        raise BadAnswer(f"expected webhook response of an AdmissionReview, got {answer.get('kind')}")
    uid = review["request"]["uid"]
    if response.get("uid") != uid:
        raise BadAnswer(f'expected response.uid="{uid}", got "{response.get("uid")}"')
    status, warnings = response.get("status"), response.get("warnings")
    return Verdict(
        is_allowed=response.get("allowed") is True,
        status=status if isinstance(status, dict) else {},
        patch=_patch(response),
        warnings=[str(text)[:256] for text in warnings][:64] if isinstance(warnings, list) else [],
    )


def denial(hook: Hook, verdict: Verdict) -> StatusError:
    """The refusal, as the API server words it (pkg/admission/plugin/webhook/errors/statuserror.go)."""
    said = str(verdict.status.get("message") or "")
    reason = str(verdict.status.get("reason") or "")
    start = f'admission webhook "{hook.name}" denied the request'
    if said:
        message = f"{start}: {said}"
    else:
        message = f"{start}: {reason}" if reason else f"{start} without explanation"
    code = verdict.status.get("code")
    refused = code if isinstance(code, int) and 400 <= code < 600 else 403
    return status_error({**verdict.status, "message": message, "reason": reason or "Forbidden"}, refused)


def _patch(response: Mapping[str, Any]) -> Any:
    if not response.get("patch"):
        return None
    if response.get("patchType") != "JSONPatch":
        raise BadAnswer(f"unsupported patch type {response.get('patchType')!r}")
    try:
        return msgspec.json.decode(base64.b64decode(str(response["patch"]), validate=True))
    except (binascii.Error, ValueError, msgspec.MsgspecError, RecursionError):
        raise BadAnswer("the patch is not base64 of a JSON patch") from None


def _kind(info: ResourceInfo) -> dict[str, str]:
    return {"group": info.group, "version": info.version, "kind": info.kind}


def _resource(info: ResourceInfo) -> dict[str, str]:
    return {"group": info.group, "version": info.version, "resource": info.plural}
