"""Rights -> roles and their bindings: what one ServiceAccount may do, and nothing more.

One rule a resource, so that each can be read, and taken away, alone. A right that a wider one includes is left out of
the narrower; what is left is what the runtime cannot do without.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from orkestra.generate.kinds import OfflineKinds
from orkestra.generate.writer import Noted
from orkestra.k8s.objects import Object
from orkestra.katalog.model import Katalog
from orkestra.operator.access import Right, box_rights, own_rights

GROUP = "rbac.authorization.k8s.io"
_REASONS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Account:
    """Whom the rights are for; ``name`` is that of the roles and bindings. ``followed``: the ConfigMap that is read
    through the API, if any."""

    namespace: str
    service_account: str
    name: str
    followed: str = ""


@dataclass(slots=True)
class Grant:
    """One rule. ``objects`` empty: whatever their name; ``namespace`` empty: a ClusterRole's."""

    namespace: str
    group: str
    resource: str
    objects: frozenset[str]
    verbs: set[str] = field(default_factory=set)
    rights: list[Right] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str, str, tuple[str, ...]]:
        return (self.namespace, self.group, self.resource, tuple(sorted(self.objects)))

    def includes(self, other: Grant) -> bool:
        """Whatever this one allows with a verb, it allows of what ``other`` is about."""
        is_same = (self.group, self.resource) == (other.group, other.resource)
        is_wider = self.namespace in ("", other.namespace) and (
            not self.objects or self.objects >= other.objects > set()
        )
        return is_same and is_wider and self is not other


def rights_of(katalog: Katalog, kinds: OfflineKinds, account: Account) -> list[Right]:
    """All that the runtime of ``katalog`` needs."""
    own = own_rights(account.namespace, account.followed)
    return [*own, *(right for box in katalog.boxes for right in box_rights(box, kinds.resolve))]


def grants_of(rights: Iterable[Right]) -> list[Grant]:
    """The fewest rules that allow all ``rights``, in a fixed order."""
    found: dict[tuple[str, str, str, tuple[str, ...]], Grant] = {}
    for right in rights:
        made = Grant(right.namespace, right.group, right.resource, right.objects)
        grant = found.setdefault(made.key, made)
        grant.verbs |= right.verbs
        grant.rights.append(right)
    for grant in found.values():
        for wider in found.values():
            if wider.includes(grant):
                grant.verbs -= wider.verbs
    return [found[key] for key in sorted(found) if found[key].verbs]


def rbac_documents(katalog: Katalog, kinds: OfflineKinds, account: Account) -> list[Any]:
    """Roles and bindings as documents to write: those of the whole cluster first, then by namespace."""
    grants = grants_of(rights_of(katalog, kinds, account))
    folder = os.path.dirname(katalog.path)
    out: list[Any] = []
    for namespace in sorted({grant.namespace for grant in grants}):
        rules = [_rule(grant, folder) for grant in grants if grant.namespace == namespace]
        out += [_role(namespace, rules, account), _binding(namespace, account)]
    return out


def metadata(name: str, namespace: str = "") -> Object:
    place = {"namespace": namespace} if namespace else {}
    return {"name": name, **place, "labels": {"app.kubernetes.io/name": "orkestra"}}


def _role(namespace: str, rules: list[Noted], account: Account) -> Object:
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": "Role" if namespace else "ClusterRole",
        "metadata": metadata(account.name, namespace),
        "rules": rules,
    }


def _binding(namespace: str, account: Account) -> Object:
    kind = "Role" if namespace else "ClusterRole"
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": f"{kind}Binding",
        "metadata": metadata(account.name, namespace),
        "roleRef": {"apiGroup": GROUP, "kind": kind, "name": account.name},
        "subjects": [{"kind": "ServiceAccount", "name": account.service_account, "namespace": account.namespace}],
    }


def _rule(grant: Grant, folder: str) -> Noted:
    rule: dict[str, list[str]] = {"apiGroups": [grant.group], "resources": [grant.resource]}
    if grant.objects:
        rule["resourceNames"] = sorted(grant.objects)
    rule["verbs"] = sorted(grant.verbs)
    notes = list(dict.fromkeys(_notes(grant, folder)))
    if len(notes) > _REASONS_SHOWN:
        notes = [*notes[: _REASONS_SHOWN - 1], f"and {len(notes) - _REASONS_SHOWN + 1} more"]
    return Noted(rule, tuple(notes))


def _notes(grant: Grant, folder: str) -> Iterator[str]:
    """Who needs what is left in the rule: ``website.onReconcile.services[0] (katalog.yaml:14): its children``."""
    reasons: dict[str, tuple[Right, list[str]]] = {}
    for right in grant.rights:
        if right.verbs & grant.verbs:
            reasons.setdefault(right.subject, (right, []))[1].append(right.why)
    for subject, (right, whys) in reasons.items():
        yield f"{subject}{_place(right, folder)}: {', '.join(dict.fromkeys(whys))}"


def _place(right: Right, folder: str) -> str:
    """Relative to the Katalog, so that the file reads the same wherever it is made."""
    if right.position is None:
        return ""
    file = os.path.relpath(right.position.file, folder or ".").replace(os.sep, "/")
    return f" ({file}:{right.position.line})"
