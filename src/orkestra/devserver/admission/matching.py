"""Which registered webhooks a draft concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orkestra.devserver.cluster import Cluster
from orkestra.devserver.kinds import Kind
from orkestra.devserver.storage import TableKey
from orkestra.devserver.writes import Draft
from orkestra.k8s.objects import labels_of
from orkestra.k8s.selectors import SelectorError, label_selector_of

GROUP = "admissionregistration.k8s.io"
MUTATING = TableKey(GROUP, "mutatingwebhookconfigurations")
VALIDATING = TableKey(GROUP, "validatingwebhookconfigurations")
_NAMESPACES = TableKey("", "namespaces")


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook to call about a draft; ``kind`` is the version it wants the object in."""

    webhook: Mapping[str, Any]
    configuration: str
    kind: Kind

    @property
    def name(self) -> str:
        return str(self.webhook.get("name") or "")


def hooks_for(cluster: Cluster, table: TableKey, draft: Draft) -> list[Hook]:
    """In the order they are called."""
    if draft.kind.info.group == GROUP:
        # Registrations are never reviewed: a broken webhook could not be removed otherwise.
        return []
    found: list[Hook] = []
    for record in cluster.store.table(table).scan():
        for webhook in record.obj.get("webhooks") or ():
            kind = _wanted_kind(cluster, webhook, draft)
            if kind is not None and _is_selected(cluster, webhook, draft):
                found.append(Hook(webhook, record.name, kind))
    return found


def _wanted_kind(cluster: Cluster, webhook: Mapping[str, Any], draft: Draft) -> Kind | None:
    """The version of the draft's kind a rule names: its own if any does, else, with Equivalent, another one."""
    if _has_rule(webhook, draft, draft.kind):
        return draft.kind
    if webhook.get("matchPolicy") == "Exact":
        return None
    others = (kind for kind in cluster.registry.kinds() if kind.table == draft.kind.table and kind is not draft.kind)
    return next((kind for kind in others if _has_rule(webhook, draft, kind)), None)


def _has_rule(webhook: Mapping[str, Any], draft: Draft, kind: Kind) -> bool:
    info = kind.info
    resource = f"{info.plural}/{draft.subresource}" if draft.subresource else info.plural
    for rule in webhook.get("rules") or ():
        scope = rule.get("scope") or "*"
        if (
            _lists(rule.get("operations"), draft.operation)
            and _lists(rule.get("apiGroups"), info.group)
            and _lists(rule.get("apiVersions"), info.version)
            and any(_is_resource(wanted, resource) for wanted in rule.get("resources") or ())
            and (scope == "*" or (scope == "Namespaced") == info.namespaced)
        ):
            return True
    return False


def _lists(values: Any, wanted: str) -> bool:
    return bool(values) and ("*" in values or wanted in values)


def _is_resource(pattern: str, resource: str) -> bool:
    if pattern in ("*/*", resource):
        return True
    name, _, sub = resource.partition("/")
    wanted, slash, wanted_sub = pattern.partition("/")
    if not slash:
        return wanted == "*" and not sub
    return wanted in ("*", name) and (wanted_sub == sub or (wanted_sub == "*"))


def _is_selected(cluster: Cluster, webhook: Mapping[str, Any], draft: Draft) -> bool:
    try:
        by_object = label_selector_of(webhook.get("objectSelector"))
        by_namespace = label_selector_of(webhook.get("namespaceSelector"))
    except SelectorError:
        return False
    old = draft.old_obj()
    if by_object and not (by_object.matches(labels_of(draft.obj)) or (old and by_object.matches(labels_of(old)))):
        return False
    if not by_namespace or not (draft.kind.info.namespaced or draft.kind.table == _NAMESPACES):
        # Cluster-scoped objects are in no namespace: the selector does not concern them.
        return True
    return by_namespace.matches(_namespace_labels(cluster, draft))


def _namespace_labels(cluster: Cluster, draft: Draft) -> Mapping[str, str]:
    if draft.kind.table == _NAMESPACES:
        return labels_of(draft.obj)
    record = cluster.store.table(_NAMESPACES).get(draft.namespace)
    return record.labels if record is not None else {}
