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
        1509,
        "An autoscaler and `autoscale` would each undo what the other did.",
        """
        onReconcile:
          deployments:
            - name: web
              image: nginx:1.27
              autoscale: {max: 9, scaleUp: {conditions: {when: [{field: spec.busy, equals: "true"}]}, increment: 1}}
          hpa:
            - {scaleTargetRef: web, maxReplicas: 9}
        """,
        """
        onReconcile:
          deployments:
            - {name: web, image: nginx:1.27}
          hpa:
            - {scaleTargetRef: web, maxReplicas: 9}
        """,
    ),
    Case(
        1510,
        "What is tried again for longer than the resync is still at it when the next reconcile is due.",
        "reconciler: {resync: 10s, queue: {retryBackoff: {initial: 5s, maxAttempts: 4}}}\n",
        "reconciler: {resync: 2m, queue: {retryBackoff: {initial: 5s, maxAttempts: 4}}}\n",
    ),
    Case(
        1511,
        "When the gate's own call fails, the gate is open unless it says otherwise. Say which is meant.",
        """
        preReconcile:
          enqueueGate:
            external: [{name: freeze, url: "https://calendar/freeze"}]
            when: [{field: external.freeze.active, notEquals: "true"}]
        """,
        """
        preReconcile:
          enqueueGate:
            failPolicy: closed
            external: [{name: freeze, url: "https://calendar/freeze"}]
            when: [{field: external.freeze.active, notEquals: "true"}]
        """,
    ),
    Case(
        1512,
        "Names, status and what the API server writes cannot be set by a mutation.",
        "mutation: {rules: [{field: metadata.name, override: shop}]}\n",
        "mutation: {rules: [{field: spec.tier, default: web}]}\n",
        place="entry",
    ),
    Case(
        1513,
        "The form is served by the gateway, which this Katalog does not enable.",
        "serve: {enabled: true, fields: {image: {label: Image}}}\n",
        "serve: {enabled: false, fields: {image: {label: Image}}}\n",
        place="entry",
    ),
)
