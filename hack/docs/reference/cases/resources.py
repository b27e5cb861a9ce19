"""15xx and 17xx: children."""

from __future__ import annotations

from typing import Final

from reference.cases.case import Case

_SECRET: Final = "onCreate:\n  secrets:\n    - name: login\n      data: {{password: {}}}\n"

RESOURCES: Final = (
    Case(
        1501,
        "The fixed part of a child's name has characters that Kubernetes refuses in names of that kind.",
        "onReconcile:\n  services:\n    - {name: My_Service, port: 80}\n",
        "onReconcile:\n  services:\n    - {name: my-service, port: 80}\n",
    ),
    Case(
        1502,
        "The field is right, but does nothing as it stands. The file loads.",
        "onReconcile:\n  statefulSets:\n    - {image: postgres, rollingUpdate: {maxSurge: 1}}\n",
        "onReconcile:\n  statefulSets:\n    - {image: postgres, rollingUpdate: {maxUnavailable: 1}}\n",
    ),
    Case(
        1503,
        "Every pass of the loop makes a child of the same name; a reconcile that finds two items refuses to choose.",
        "onReconcile:\n  services:\n    - {name: web, port: 80, forEach: {field: spec.regions}}\n",
        "onReconcile:\n  services:\n    - {name: 'web-{{ .item }}', port: 80, forEach: {field: spec.regions}}\n",
    ),
    Case(
        1504,
        "Variables are a list, as in a pod, because they have an order.",
        "onReconcile:\n  deployments:\n    - {image: nginx, env: {MODE: fast}}\n",
        "onReconcile:\n  deployments:\n    - {image: nginx, env: [{name: MODE, value: fast}]}\n",
    ),
    Case(
        1505,
        "The original language lists this kind but never made one. Declare the object as it is, under `custom`.",
        "onReconcile:\n  priorityClasses: []\n",
        "onReconcile:\n  custom:\n"
        "    - {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: fast}}\n",
    ),
    Case(
        1701,
        "What looks like a credential is written into a file that lives in Git. Take it from the CR's own spec, from a "
        "Secret, or have it made.",
        _SECRET.format("hunter2"),
        _SECRET.format("'{{ .spec.password }}'"),
    ),
    Case(
        1512,
        "Names, status and what the API server writes cannot be set by a mutation.",
        "mutation: {rules: [{field: metadata.name, override: shop}]}\n",
        "mutation: {rules: [{field: spec.tier, default: web}]}\n",
        place="entry",
    ),
)
