"""12xx and 13xx: what the parts of a file say of each other, and templates."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.schema.decoder import MAX_TEMPLATE_CHARACTERS
from reference.cases.case import CRD, Case

_TYPES: Final = "apiTypes: {group: shop.example.com, version: v1,"
_STORE: Final = f"store:\n  {_TYPES} kind: Store, plural: stores}}\n"
_CACHE: Final = f"cache:\n  {_TYPES} kind: Cache, plural: caches}}\n"
_WEB: Final = f"{_TYPES} kind: Website, plural: websites}}\n"

REFERENCES: Final = (
    Case(
        1201,
        "`dependsOn` names an entry that this Katalog does not have, or one that is disabled.",
        f"{_STORE}{_CACHE}  dependsOn: [stor]\n",
        f"{_STORE}{_CACHE}  dependsOn: [store]\n",
        place="crds",
    ),
    Case(
        1202,
        "Entries wait for each other in a circle: none would ever start.",
        f"{_STORE}  dependsOn: [cache]\n{_CACHE}  dependsOn: [store]\n",
        f"{_STORE}{_CACHE}  dependsOn: [store]\n",
        place="crds",
    ),
    Case(
        1203,
        "Two entries make the same child, and each would undo the other.",
        "onReconcile:\n  services:\n    - {name: web, port: 80}\n    - {name: web, port: 443}\n",
        "onReconcile:\n  services:\n    - {name: web, port: 80}\n    - {name: web-tls, port: 443}\n",
    ),
    Case(
        1204,
        "Two entries operate the same objects. Selectors or namespaces must part them so that no object can be both's.",
        f"blog:\n  {_WEB}shop:\n  {_WEB}",
        f"blog:\n  {_WEB}  labelSelector: {{tier: blog}}\nshop:\n  {_WEB}  labelSelector: {{tier: shop}}\n",
        place="crds",
    ),
    Case(
        1205,
        "Without a selector, every object of a built-in kind in the cluster would be operated.",
        "apps:\n  apiTypes: {kind: Deployment}\n",
        "apps:\n  apiTypes: {kind: Deployment}\n  labelSelector: {operated: 'yes'}\n",
        place="crds",
    ),
    Case(
        1224,
        "A child of the kind the entry operates is an object of the entry itself: it gets a child too, and so on "
        "without end. Nothing is said where a condition or a selector could part them.",
        "blog:\n  apiTypes: {group: shop.example.com, version: v1, kind: Blog, plural: blogs}\n  operatorBox:\n"
        "    onReconcile:\n      custom:\n"
        "        - {apiVersion: shop.example.com/v1, kind: Blog, metadata: {name: '{{ .metadata.name }}-copy'}}\n",
        "blog:\n  apiTypes: {group: shop.example.com, version: v1, kind: Blog, plural: blogs}\n"
        "  labelSelector: {role: main}\n  operatorBox:\n"
        "    onReconcile:\n      custom:\n"
        "        - {apiVersion: shop.example.com/v1, kind: Blog, metadata: {name: '{{ .metadata.name }}-copy'}}\n",
        place="crds",
    ),
    Case(
        1206,
        "The name of the loop's item would hide a root that templates need, or is no name.",
        "onReconcile:\n  services:\n    - name: '{{ .spec }}'\n      port: 80\n"
        "      forEach: {field: spec.regions, as: spec}\n",
        "onReconcile:\n  services:\n    - name: '{{ .region }}'\n      port: 80\n"
        "      forEach: {field: spec.regions, as: region}\n",
    ),
    Case(
        1207,
        "`.item`, `.value` and `.index` have a meaning inside `forEach` only.",
        "onReconcile:\n  services:\n    - {name: '{{ .item }}', port: 80}\n",
        "onReconcile:\n  services:\n    - {name: '{{ .item }}', port: 80, forEach: {field: spec.regions}}\n",
    ),
    Case(
        1208,
        "A template reads the answer of a call, or another operator's objects, that the entry does not declare.",
        "status:\n  fields:\n    - {path: price, value: '{{ .external.rates.body }}'}\n",
        "status:\n  fields:\n    - {path: price, value: '{{ .spec.price }}'}\n",
    ),
    Case(
        1209,
        "One status field lies inside another, which is written as a whole and would overwrite it.",
        "status:\n  fields:\n    - {path: phase, value: Up}\n    - {path: phase.detail, value: x}\n",
        "status:\n  fields:\n    - {path: phase.name, value: Up}\n    - {path: phase.detail, value: x}\n",
    ),
    Case(
        1301,
        "The template does not parse, or calls a function that does not exist.",
        "status:\n  fields:\n    - {path: host, value: '{{ .spec.host | uper }}'}\n",
        "status:\n  fields:\n    - {path: host, value: '{{ .spec.host | toUpper }}'}\n",
    ),
    Case(
        1302,
        "A template may have half a million characters. Larger texts belong into a field of the custom resource.",
        "status:\n  fields:\n    - {path: host, value: '{{ .spec.host }}" + "x" * MAX_TEMPLATE_CHARACTERS + "'}\n",
        "status:\n  fields:\n    - {path: host, value: '{{ .spec.host }}'}\n",
        shown="status:\n  fields:\n    - {path: host, value: '{{ .spec.host }}… and half a million characters more'}\n",
    ),
    Case(
        1303,
        "Fields are named as in YAML, with a small first letter.",
        "status:\n  fields:\n    - {path: host, value: '{{ .Spec.host }}'}\n",
        "status:\n  fields:\n    - {path: host, value: '{{ .spec.host }}'}\n",
    ),
    Case(
        1304,
        "Nothing of this name is known here, so the value will be empty. A kind whose objects have top-level fields of "
        "their own is known by its `crdFile`.",
        "status:\n  fields:\n    - {path: host, value: '{{ .sepc.host }}'}\n",
        "status:\n  fields:\n    - {path: host, value: '{{ .spec.host }}'}\n",
    ),
    Case(
        1305,
        "The CRD's schema has no such field: reading it yields nothing, and writing it is dropped by the API server.",
        "website:\n  crdFile: ./crd.yaml\n  operatorBox:\n    onReconcile:\n      deployments:\n"
        "        - image: '{{ .spec.img }}'\n",
        "website:\n  crdFile: ./crd.yaml\n  operatorBox:\n    onReconcile:\n      deployments:\n"
        "        - image: '{{ .spec.image }}'\n",
        place="crds",
        files={"crd.yaml": CRD},
    ),
    Case(
        1210,
        "External calls are made one after another, and gates, rules and children have those made before them.",
        """
        external:
          - {name: user, url: "https://api/users/{{ .external.team.id }}"}
          - {name: team, url: "https://api/teams/{{ .spec.team }}"}
        """,
        """
        external:
          - {name: team, url: "https://api/teams/{{ .spec.team }}"}
          - {name: user, url: "https://api/users/{{ .external.team.id }}"}
        """,
    ),
    Case(
        1211,
        "A sentinel says whether a part of the object changed since it was last seen. It is computed when "
        "`preReconcile.sentinels` lists it, and only `enqueueGate` and `reconcileGate` may ask: under their own "
        "`sentinels`, as the `field` of a condition, or as a function in their templates.",
        """
        preReconcile:
          enqueueGate: {sentinels: [labelsChanged]}
        onReconcile:
          configMaps:
            - data: {moved: "{{ labelsChanged }}"}
        """,
        """
        preReconcile:
          sentinels: [labelsChanged]
          enqueueGate: {sentinels: [labelsChanged]}
        onReconcile:
          configMaps:
            - data: {size: "{{ .spec.size }}"}
        """,
    ),
    Case(
        1213,
        "Worker autoscaling looks at the box's own figures, at those of a cross alias, and at the time.",
        """
        autoscale:
          conditions: {when: [{field: metrics.queueLength, gt: 100}]}
          do: {workers: 10}
        """,
        """
        autoscale:
          conditions: {when: [{field: metrics.queueDepth, gt: 100}]}
          do: {workers: 10}
        """,
    ),
)
