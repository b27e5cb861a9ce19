"""What the parts of an entry, and entries among each other, say that cannot be so: more of 12xx, 14xx and 15xx."""

from __future__ import annotations

from typing import Final

from reference.cases.case import Case

_POD: Final = "onReconcile:\n  deployments:\n    - image: nginx\n      {}\n"

ENTRIES: Final = (
    Case(
        1220,
        "No object can be in these namespaces with these labels, so the entry never does anything.",
        "website:\n  apiTypes: {group: shop.example.com, version: v1, kind: Website, plural: websites}\n"
        "  namespace: shop\n  restrictedNamespaces: [shop]\n",
        "website:\n  apiTypes: {group: shop.example.com, version: v1, kind: Website, plural: websites}\n"
        "  namespace: shop\n",
        place="crds",
    ),
    Case(
        1223,
        "No entry makes a child of this kind, so there is none to read from.",
        "onReconcile: {deployments: [{image: nginx}]}\n"
        "status:\n  fields:\n    - {path: ready, value: '{{ .children.statefulSet.status.readyReplicas }}'}\n",
        "onReconcile: {deployments: [{image: nginx}]}\n"
        "status:\n  fields:\n    - {path: ready, value: '{{ .children.deployment.status.readyReplicas }}'}\n",
    ),
    Case(
        1420,
        "What a repeated group holds may be empty or be cut in many ways. Conditions are evaluated by RE2, which is "
        "linear whatever the pattern; the same pattern in an editor, a browser or a program may take for ever.",
        "when: [{field: spec.host, regex: '^([a-z]+)*$'}]\n",
        "when: [{field: spec.host, regex: '^[a-z]*$'}]\n",
    ),
    Case(
        1520,
        "Kubernetes has a format for this field, and no value like this meets it. Where templates stand in it, the "
        "written part alone decides: a character that can never be there, a wrong end, too many characters already.",
        _POD.format("labels: {site: 'shop/{{ .metadata.name }}'}"),
        _POD.format("labels: {site: 'shop-{{ .metadata.name }}'}"),
    ),
    Case(
        1521,
        "A mount names a volume that the pod does not have, or a probe asks a port that nothing gives it.",
        _POD.format(
            "volumeMounts: [{name: dta, mountPath: /data}]\n      volumes: [{name: data, emptyDir: {}}]"
        ).replace("volumes: [{name: data, emptyDir: {}}]", "volumes: []"),
        _POD.format("volumeMounts: [{name: data, mountPath: /data}]\n      volumes: [{name: data, emptyDir: {}}]"),
    ),
    Case(
        1522,
        "Two values beside each other cannot both hold: a request above its limit, a least above a most, a rollout "
        "that may neither add nor remove a pod.",
        _POD.format("resources: {requests: {memory: 2Gi}, limits: {memory: 512Mi}}"),
        _POD.format("resources: {requests: {memory: 512Mi}, limits: {memory: 2Gi}}"),
    ),
    Case(
        1523,
        "The volume is part of the pod, and no container sees it.",
        _POD.format("volumes: [{name: data, emptyDir: {}}]"),
        _POD.format("volumes: [{name: data, emptyDir: {}}]\n      volumeMounts: [{name: data, mountPath: /data}]"),
    ),
    Case(
        1524,
        "Neither the name nor the namespace tells one object from another: the first one gets the child, and the "
        "others fail over it.",
        "onReconcile:\n  services:\n    - {name: web, namespace: shop, port: 80}\n",
        "onReconcile:\n  services:\n    - {name: '{{ .metadata.name }}', namespace: shop, port: 80}\n",
    ),
)
