"""Pods that could leave their container: privileged, on the node's own network or files, with its capabilities. Roles
that may do everything.

Source: the Baseline profile of the Pod Security Standards (k8s.io/pod-security-admission policy/check_*.go).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

_FLAGS: Final = {
    "privileged": "a privileged container is root on its node",
    "hostNetwork": "the pod would share the network of its node",
    "hostPID": "the pod would see the processes of its node",
    "hostIPC": "the pod would share memory with processes of its node",
}
_HARMLESS: Final = frozenset(
    (
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    )
)  # fmt: skip
_ROLES: Final = frozenset(("roles", "clusterRoles"))
_BINDINGS: Final = frozenset(("roleBindings", "clusterRoleBindings"))
_EVERYBODY: Final = {
    "system:authenticated": "everybody who has a token",
    "system:unauthenticated": "everybody, without a token",
    "system:anonymous": "everybody, without a token",
    "system:serviceaccounts": "every pod of the cluster",
}
_EVERYTHING: Final = {
    "verbs": "everything, escalate, bind and impersonate included",
    "resources": "every kind there is, Secrets included",
}
_DEPTH: Final = 12
_KEYS: Final = (*_FLAGS, "hostPath", "capabilities", "\\")


def check_privileges(checked: Checked) -> None:
    if not any(_may_name(source.text) for source in checked.decoder.findings.sources.values()):
        return
    for root in checked.decoder.entry_nodes.values():
        for key, value in _pairs(root):
            if checked.is_full:
                return
            if key.text in _FLAGS and isinstance(value, ScalarNode) and value.is_plain and value.value is True:
                checked.report(1703, f"{key.text}: {_FLAGS[key.text]}", key.span)
            elif key.text == "hostPath" and not (isinstance(value, ScalarNode) and value.is_null):
                message = "hostPath: the pod would see files of its node"
                checked.report(1703, message, key.span, "use a PersistentVolumeClaim, a ConfigMap or an emptyDir")
            elif key.text == "capabilities" and isinstance(value, MapNode):
                added = value.get("add")
                for item in added.items if isinstance(added, ListNode) else ():
                    if isinstance(item, ScalarNode) and "{{" not in item.text:
                        name = item.text.removeprefix("CAP_")
                        if name not in _HARMLESS:
                            message = f"capabilities: {name[:40]} goes beyond what the Baseline profile lets a pod add"
                            checked.report(1703, message, item.span)


def _may_name(text: str) -> bool:
    """Whether a key of ours can be in a file; escapes could spell any."""
    return any(map(text.__contains__, _KEYS))


def _pairs(root: MapNode) -> Iterator[tuple[ScalarNode, Node]]:
    """Every key and value of an entry. Data is text, whatever its keys are called."""
    stack: list[tuple[Node, int]] = [(root, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > _DEPTH:
            continue
        if isinstance(node, MapNode):
            for key, value in node.entries.values():
                yield key, value
                if key.text not in ("data", "labels", "annotations") and not isinstance(value, ScalarNode):
                    stack.append((value, depth + 1))
        elif isinstance(node, ListNode):
            stack.extend((item, depth) for item in node.items if not isinstance(item, ScalarNode))


def check_roles(checked: Checked) -> None:
    """A rule with every verb, or every resource of every group: more than any child is made for."""
    for box in checked.boxes:
        for entry in box.entries:
            node = checked.decoder.entry_nodes[entry.id]
            if entry.kind in _BINDINGS:
                _check_binding(node, checked)
            rules = node.get("rules") if entry.kind in _ROLES else None
            for rule in rules.items if isinstance(rules, ListNode) else ():
                for key, what in _EVERYTHING.items():
                    star = _star(rule, key)
                    if star is not None and (key != "resources" or _star(rule, "apiGroups") is not None):
                        checked.report(1704, f'{key}: "*" allows {what}', star.span, "name those that are needed")


def _check_binding(entry: MapNode, checked: Checked) -> None:
    """The role that may do everything, and subjects that are everybody."""
    reference, subjects = entry.get("roleRef"), entry.get("subjects")
    name = reference.get("name") if isinstance(reference, MapNode) else None
    if isinstance(name, ScalarNode) and name.text == "cluster-admin":
        message = "roleRef: cluster-admin allows everything, everywhere"
        checked.report(1704, message, name.span, "bind a role with what is needed")
    for subject in subjects.items if isinstance(subjects, ListNode) else ():
        named = subject.get("name") if isinstance(subject, MapNode) else None
        if isinstance(named, ScalarNode) and named.text in _EVERYBODY:
            checked.report(1704, f"subjects: {named.text} is {_EVERYBODY[named.text]}", named.span)


def _star(rule: Node, key: str) -> ScalarNode | None:
    listed = rule.get(key) if isinstance(rule, MapNode) else None
    items = listed.items if isinstance(listed, ListNode) else ()
    return next((item for item in items if isinstance(item, ScalarNode) and item.text == "*"), None)
