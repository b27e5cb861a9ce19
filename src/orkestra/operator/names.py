"""The keys this runtime writes on objects, and the ones it never passes on."""

from __future__ import annotations

import hashlib
import re

from orkestra.k8s.objects import ObjectKey

FIELD_MANAGER = "orkestra-runtime"

MANAGED_BY_LABEL = "managed-by"
MANAGED_BY = "orkestra"
OWNER_LABEL = "orkestra-owner"
OWNER_UID_LABEL = "orkestra.io/owner"
"""On children that no ownerReference may reach: the uid of their CR."""
APPLIED_ANNOTATION = "orkestra.orkspace.io/applied"
"""On reconciled children: digest of what was last sent, so that a field dropped from the definition is noticed."""
GENERATED_ANNOTATION = "orkestra.orkspace.io/generated-at"
"""On Secrets with ``rotateAfter``: when their content was made."""
PAUSED_ANNOTATION = "orkestra.orkspace.io/paused"
COMMIT_ANNOTATION = "orkestra.orkspace.io/git-commit"
"""On the ConfigMap of a definition: the Git commit that it was made from."""
CLEANUP_FINALIZER = "orkestra.orkspace.io/cleanup"

LEASE = "orkestra-konductor"
"""What the replicas of one installation compete for."""
LEDGER = "orkestra-ledger"
"""The ConfigMap in which an installation keeps which kinds of children it made."""
CHILD_SELECTOR = f"{MANAGED_BY_LABEL}={MANAGED_BY}"

_TRACKING_PREFIXES = (
    "argocd.argoproj.io/",
    "kustomize.toolkit.fluxcd.io/",
    "helm.toolkit.fluxcd.io/",
    "meta.helm.sh/",
    "kubectl.kubernetes.io/",
)


def is_tracking_key(key: str) -> bool:
    """Keys by which GitOps tools, Helm and kubectl claim objects; a child that carries one may be pruned by them.

    ``app.kubernetes.io/instance`` is not among them: it is a recommended label that an author may well write. It is
    harmful only when copied from the CR, and nothing is ever copied from the CR.
    """
    return key.startswith(_TRACKING_PREFIXES)


def label_value(text: str) -> str:
    """``text`` as a label value: what is too long or has other characters is cut and told apart by a digest."""
    if len(text) <= 63 and re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?", text):
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    head = re.sub(r"[^-A-Za-z0-9_.]", "-", text)[:54].strip("-_.")
    return f"{head}-{digest}" if head else digest


def dns_label(text: str) -> str:
    """``text`` as an RFC 1123 label (container names), cut and told apart by a digest where it does not fit."""
    if len(text) <= 63 and re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", text):
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    head = re.sub(r"[^-a-z0-9]", "-", text.lower())[:54].strip("-")
    return f"{head}-{digest}" if head else digest


def shown(key: ObjectKey) -> str:
    """``key`` for a message whose length is bounded: a long name must not push the reason out."""
    text = str(key)
    return text if len(text) <= 100 else f"{text[:60]}…{text[-20:]}"
