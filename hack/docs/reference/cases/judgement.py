"""Checks that hold values against types, and children against what they would do: parts of 13xx, 14xx, 15xx, 17xx and
18xx."""

from __future__ import annotations

from typing import Final

from reference.cases.case import Case, website_crd

_CRD: Final = website_crd(
    """
  type: object
  required: [image, size]
  properties:
    image: {type: string}
    host: {type: string}
    size: {type: string}
    replicas: {type: integer}
    public: {type: boolean}
    tier: {type: string, enum: [web, batch]}""",
    " {type: object, properties: {ready: {type: integer}}}",
)
_FILES: Final = {"crd.yaml": _CRD}
_HEAD: Final = "website:\n  crdFile: crd.yaml\n  operatorBox:\n"


def _typed(box: str) -> str:
    """An entry whose CRD has a schema."""
    return _HEAD + "".join(f"    {line}\n" for line in box.strip().splitlines())


def typed_case(number: int, meaning: str, bad: str, good: str) -> Case:
    """A case in the operatorBox of an entry whose CRD has a schema."""
    return Case(number, meaning, _typed(bad), _typed(good), place="crds", files=_FILES)


_DEPLOYMENT: Final = "onReconcile:\n  deployments:\n    - {{image: '{{{{ .spec.image }}}}', {}}}\n"
_MAP: Final = "onReconcile:\n  configMaps:\n    - {{data: {{host: '{{{{ {} }}}}'}}}}\n"
_IMAGE: Final = "onReconcile:\n  deployments:\n    - {{image: nginx, {}}}\n"
_ROLE: Final = "onReconcile:\n  roles:\n    - rules: [{{apiGroups: [''], resources: [configmaps], verbs: [{}]}}]\n"

JUDGEMENT: Final = (
    typed_case(
        1306,
        "By the CRD's schema the field may hold values that this field of the child refuses, such as text for a "
        "number.",
        _DEPLOYMENT.format("replicas: '{{ .spec.size }}'"),
        _DEPLOYMENT.format("replicas: '{{ .spec.replicas }}'"),
    ),
    typed_case(
        1307,
        "By the CRD's schema every value of the field is refused: by this field of the child, or by the CRD where it "
        "is a status field.",
        "status:\n  fields:\n    - {path: ready, value: '{{ .spec.image }}'}\n",
        "status:\n  fields:\n    - {path: ready, value: '{{ .spec.replicas }}'}\n",
    ),
    typed_case(
        1308,
        "The CRD's schema neither requires the field nor gives it a default, and the template prints it as it is. "
        "Conditions that look at the field, `if` and `default` all answer for its absence.",
        _MAP.format(".spec.host"),
        _MAP.format('.spec.host | default "localhost"'),
    ),
    typed_case(
        1412,
        "The test compares numbers or text, and by the CRD's schema the field is something else.",
        "when: [{field: spec.public, greaterThan: 1}]\n",
        "when: [{field: spec.replicas, greaterThan: 1}]\n",
    ),
    typed_case(
        1413,
        "By the CRD's schema the field never has the value it is compared with.",
        "when: [{field: spec.tier, equals: wbe}]\n",
        "when: [{field: spec.tier, equals: web}]\n",
    ),
    Case(
        1414,
        "All conditions of a `when` must hold, and two of them cannot; or one holds for every object there can be.",
        "when:\n  - {field: spec.tier, equals: web}\n  - {field: spec.tier, equals: batch}\n",
        "or:\n  - {field: spec.tier, equals: web}\n  - {field: spec.tier, equals: batch}\n",
    ),
    Case(
        1506,
        "The schema of the child's kind has no such key, wants another type, or needs a key that is missing. Held "
        "against it is what is passed on as written: `custom` children of the built-in kinds and of the CRDs at hand, "
        "and the parts of a pod that Kubernetes' own words describe.",
        "onReconcile:\n  custom:\n    - apiVersion: networking.k8s.io/v1\n      kind: NetworkPolicy\n"
        "      metadata: {name: closed}\n      spec: {podSelectr: {}}\n",
        "onReconcile:\n  custom:\n    - apiVersion: networking.k8s.io/v1\n      kind: NetworkPolicy\n"
        "      metadata: {name: closed}\n      spec: {podSelector: {}}\n",
    ),
    Case(
        1507,
        "A random or time-dependent name is another one with every reconcile: each makes a child, and removes the one "
        "before.",
        "onReconcile:\n  services:\n    - {name: 'web-{{ randomHex 4 }}', port: 80}\n",
        "onReconcile:\n  services:\n    - {name: 'web-{{ .metadata.name }}', port: 80}\n",
    ),
    Case(
        1508,
        "A random or time-dependent value is another one with every reconcile, so the child is written without end. "
        "What is only created, and a Secret with `once: true`, keep the first value.",
        "onReconcile:\n  configMaps:\n    - {data: {build: '{{ randomHex 4 }}'}}\n",
        "onCreate:\n  configMaps:\n    - {data: {build: '{{ randomHex 4 }}'}}\n",
    ),
    Case(
        1702,
        "Whoever may read the status, the ConfigMap or the pod would read the Secret's value. Refer to the Secret "
        "instead of copying it.",
        "onCreate: {secrets: [{once: true}]}\n"
        "status:\n  fields:\n    - {path: token, value: '{{ .children.secret.data.token }}'}\n",
        "onCreate: {secrets: [{once: true}]}\n"
        "status:\n  fields:\n    - {path: token, value: '{{ .children.secret.metadata.name }}'}\n",
    ),
    Case(
        1703,
        "The pod could act on its node: it is privileged, shares a namespace or files of the node, or adds "
        "capabilities beyond the Baseline profile of the Pod Security Standards.",
        _IMAGE.format("securityContext: {privileged: true}"),
        _IMAGE.format("securityContext: {privileged: false}"),
    ),
    Case(
        1704,
        "The rule has every verb, or every resource of every group. Kubernetes lets nobody give away what they do not "
        "have, so the operator itself would need as much.",
        _ROLE.format("'*'"),
        _ROLE.format("get"),
    ),
    Case(
        1801,
        "By this label or annotation Argo CD, Flux, Helm or kubectl know what is theirs. On a child it makes them "
        "prune it, or fight the operator over it.",
        _IMAGE.format("annotations: {argocd.argoproj.io/tracking-id: shop}"),
        _IMAGE.format("annotations: {shop.example.com/team: web}"),
    ),
)
