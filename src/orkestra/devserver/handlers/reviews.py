"""Requests that store nothing: access reviews, token requests, evictions, bindings, logs.

Whoever may talk to this server may do everything: reviews say so.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from orkestra.devserver.cluster import Cluster
from orkestra.devserver.handlers.forms import encode
from orkestra.devserver.writes import DeleteOptions, WriteOptions, draft_update
from orkestra.devserver.writes.draft import timestamp
from orkestra.k8s.errors import BadRequest, Cause, Conflict, TooManyRequests
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object, labels_of
from orkestra.k8s.schema.causes import invalid, invalid_value
from orkestra.k8s.selectors import SelectorError, label_selector_of

USER = {"username": "system:admin", "groups": ["system:masters", "system:authenticated"]}
REVIEWS = frozenset(
    {
        "SelfSubjectAccessReview",
        "SubjectAccessReview",
        "LocalSubjectAccessReview",
        "SelfSubjectRulesReview",
        "SelfSubjectReview",
        "TokenReview",
    }
)
_EVERYTHING = {
    "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
    "incomplete": False,
}


def review(cluster: Cluster, kind: str, document: Mapping[str, Any]) -> Object:
    """The review with its status."""
    spec = document.get("spec") or {}
    if kind.endswith("AccessReview") and ("resourceAttributes" in spec) == ("nonResourceAttributes" in spec):
        text = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        raise invalid(GVK("authorization.k8s.io", "v1", ""), "", [invalid_value("spec", None, text)])
    answer: Object = {**document, "metadata": {"creationTimestamp": timestamp(cluster.now())}}
    match kind:
        case "SelfSubjectRulesReview":
            answer["status"] = _EVERYTHING
        case "SelfSubjectReview":
            answer["status"] = {"userInfo": USER}
        case "TokenReview":
            answer["status"] = {"authenticated": True, "user": USER}
        case _:
            answer["status"] = {"allowed": True}
    return answer


def request_token(cluster: Cluster, namespace: str, name: str, document: Mapping[str, Any]) -> Object:
    """A token nobody checks, in the form of one. Raises NotFound, BadRequest."""
    accounts = cluster.resource("", "serviceaccounts")
    assert accounts is not None
    account = cluster.get(accounts, namespace, name)
    spec = dict(document.get("spec") or {})
    seconds = spec.get("expirationSeconds") or 3600
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 600 <= seconds <= 1 << 32:
        raise BadRequest("spec.expirationSeconds must be at least 600")
    now = cluster.now()
    expires = now + timedelta(seconds=min(seconds, 10**9))
    claims = {
        "sub": f"system:serviceaccount:{namespace}:{name}",
        "exp": int(expires.timestamp()),
        "iat": int(now.timestamp()),
    }
    parts = [encode({"alg": "none"}), encode(claims), secrets.token_bytes(32)]
    token = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    spec |= {"audiences": spec.get("audiences") or ["https://kubernetes.default.svc"], "expirationSeconds": seconds}
    meta = {key: account["metadata"][key] for key in ("name", "namespace", "uid")}
    return {
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": {**meta, "creationTimestamp": timestamp(now)},
        "spec": spec,
        "status": {"token": token, "expirationTimestamp": timestamp(expires)},
    }


def evict(cluster: Cluster, namespace: str, name: str, options: DeleteOptions) -> None:
    """Delete a pod unless a disruption budget forbids it. Raises NotFound, TooManyRequests."""
    pods, budgets = cluster.resource("", "pods"), cluster.resource("policy", "poddisruptionbudgets")
    assert pods is not None and budgets is not None
    pod = cluster.get(pods, namespace, name)
    if (pod.get("status") or {}).get("phase") not in ("Succeeded", "Failed", "Pending"):
        for budget in cluster.list(budgets, namespace):
            if _covers(budget, pod):
                _take(cluster, budget, options)
    cluster.delete_with(cluster.kind(pods), namespace, name, options)


def _covers(budget: Object, pod: Object) -> bool:
    selector = (budget.get("spec") or {}).get("selector")
    if selector is None:
        return False
    try:
        return label_selector_of(selector).matches(labels_of(pod))
    except SelectorError:
        return False


def _take(cluster: Cluster, budget: Object, options: DeleteOptions) -> None:
    status = budget.get("status") or {}
    allowed = status.get("disruptionsAllowed") or 0
    if allowed <= 0:
        healthy, wanted = status.get("currentHealthy") or 0, status.get("desiredHealthy") or 0
        name = budget["metadata"]["name"]
        text = f"The disruption budget {name} needs {wanted} healthy pods and has {healthy} currently"
        raise TooManyRequests(
            "Cannot evict pod as it would violate the pod's disruption budget.",
            causes=[Cause("DisruptionBudget", text)],
        )
    if options.dry_run:
        return
    changed = {**budget, "status": {**status, "disruptionsAllowed": allowed - 1}}
    budgets = cluster.resource("policy", "poddisruptionbudgets")
    assert budgets is not None
    cluster.update(budgets, changed, subresource="status", manager="orkestra-devserver")


def bind(cluster: Cluster, namespace: str, name: str, document: Mapping[str, Any], options: WriteOptions) -> None:
    """Put a pod on a node. Raises NotFound, Conflict (it has one), BadRequest."""
    node = str((document.get("target") or {}).get("name") or "")
    if not node:
        raise BadRequest("target.name: Required value")
    pods = cluster.resource("", "pods")
    assert pods is not None
    kind = cluster.kind(pods)
    pod = cluster.get(pods, namespace, name)
    present = (pod.get("spec") or {}).get("nodeName")
    if present:
        taken = f'pod {name} is already assigned to node "{present}"'
        raise Conflict(
            f'Operation cannot be fulfilled on pods/binding "{name}": {taken}',
            details={"name": name, "kind": "pods/binding"},
        )
    status = pod.get("status") or {}
    scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None}
    scheduled["lastTransitionTime"] = timestamp(cluster.now())
    held = [entry for entry in status.get("conditions") or () if entry.get("type") != "PodScheduled"]
    bound = {**pod, "spec": {**pod["spec"], "nodeName": node}}
    bound = cluster.commit(draft_update(cluster.backend, kind, namespace, name, bound, options))
    if not options.dry_run:
        bound = {**bound, "status": {**status, "conditions": [*held, scheduled]}}
        cluster.update(pods, bound, subresource="status", manager=options.manager)
