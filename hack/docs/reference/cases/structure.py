"""11xx: keys, types and names."""

from __future__ import annotations

from typing import Final

from reference.cases.case import CRD, Case

_HEAD: Final = "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: shop}\n"

STRUCTURE: Final = (
    Case(
        1101,
        "No field of this name stands here. Nothing unknown is ignored: it would be a typing error that nobody sees.",
        "onReconcile:\n  deployments:\n    - image: nginx:1.27\n      replica: 3\n",
        "onReconcile:\n  deployments:\n    - image: nginx:1.27\n      replicas: 3\n",
    ),
    Case(
        1102,
        "The field takes another shape. [katalog.md](katalog.md) has the type of every field.",
        "onReconcile:\n  deployments:\n    image: nginx:1.27\n",
        "onReconcile:\n  deployments:\n    - image: nginx:1.27\n",
    ),
    Case(
        1103,
        "A field that has no default is not there. The finding points at the map that lacks it.",
        "onReconcile:\n  deployments:\n    - replicas: 3\n",
        "onReconcile:\n  deployments:\n    - replicas: 3\n      image: nginx:1.27\n",
    ),
    Case(1104, "A number or duration beyond its bounds.", "reconciler: {workers: 99}\n", "reconciler: {workers: 20}\n"),
    Case(
        1105,
        "The field takes one of a few words.",
        "onReconcile:\n  services:\n    - {port: 80, type: Nodeport}\n",
        "onReconcile:\n  services:\n    - {port: 80, type: NodePort}\n",
    ),
    Case(
        1106,
        "Two fields that say the same thing in two ways. Keep one.",
        "allowedNamespaces: [web]\nrestrictedNamespaces: [kube-system]\n",
        "allowedNamespaces: [web]\n",
        place="entry",
    ),
    Case(
        1107,
        "A duration has a number and a unit: `30s`, `1h30m`, `90d`, `2w`, `6mo`, `1y`.",
        "reconciler: {resync: 30}\n",
        "reconciler: {resync: 30s}\n",
    ),
    Case(
        1108,
        "The file is of no version that is known here.",
        _HEAD.replace("/v1", "/v7"),
        _HEAD,
        place="file",
    ),
    Case(1109, "The file is no Katalog.", _HEAD.replace("Katalog", "Deployment"), _HEAD, place="file"),
    Case(
        1110,
        "A label, an annotation key or the name of an entry that Kubernetes, or a URL, cannot hold.",
        'onReconcile:\n  services:\n    - {port: 80, labels: {team: "web & shop"}}\n',
        "onReconcile:\n  services:\n    - {port: 80, labels: {team: web-shop}}\n",
    ),
    Case(
        1111,
        "A label or field selector that the API server would refuse.",
        'labelSelector: "tier in web"\n',
        'labelSelector: "tier in (web)"\n',
        place="entry",
    ),
    Case(
        1112,
        "A Katalog may name files of its Git work tree (without Git: of its folder), relative to itself.",
        "website:\n  crdFile: ../crd.yaml\n",
        "website:\n  crdFile: ./crd.yaml\n",
        place="crds",
        files={"crd.yaml": CRD},
    ),
    Case(
        1113,
        "`crdFile` names a file that holds no usable CustomResourceDefinition, or several.",
        "website:\n  crdFile: ./website.yaml\n",
        "website:\n  crdFile: ./crd.yaml\n",
        place="crds",
        files={"crd.yaml": CRD, "website.yaml": "kind: Website\napiVersion: shop.example.com/v1\n"},
    ),
    Case(
        1114,
        "What the entry says of its kind is not what the CRD, or Kubernetes itself, says.",
        "website:\n  crdFile: ./crd.yaml\n  apiTypes: {kind: Website, version: v2}\n",
        "website:\n  crdFile: ./crd.yaml\n  apiTypes: {kind: Website, version: v1}\n",
        place="crds",
        files={"crd.yaml": CRD},
    ),
    Case(
        1122,
        "The rules by which the API server takes a CRD, CEL rules, their costs and defaults among them; the finding "
        "stands in the CRD's file.",
        "website:\n  crdFile: ./website.yaml\n",
        "website:\n  crdFile: ./crd.yaml\n",
        place="crds",
        files={"crd.yaml": CRD, "website.yaml": CRD.replace("{image: {type: string}}", "{image: {type: text}}")},
    ),
    Case(
        1115,
        "A field path is names joined by dots; indexes and keys with dots stand in brackets.",
        "status:\n  fields:\n    - {path: 'endpoint url', value: x}\n",
        "status:\n  fields:\n    - {path: endpoint.url, value: x}\n",
    ),
    Case(
        1116,
        "A date is written YYYY-MM-DD, and a timeline goes forward.",
        _HEAD + "lifecycle: {deprecation: {message: gone, timeline: {from: 2029-06-01, to: 2029-01-01}}}\n",
        _HEAD + "lifecycle: {deprecation: {message: gone, timeline: {from: 2029-01-01, to: 2029-06-01}}}\n",
        place="file",
    ),
    Case(
        1117,
        "A version is semantic, such as 1.4.0; a constraint compares with versions; a successor is `<name>:<version>`.",
        _HEAD + "lifecycle: {compatibility: {orkestra: newest}}\n",
        _HEAD + 'lifecycle: {compatibility: {orkestra: ">=0.7 <1.0"}}\n',
        place="file",
    ),
    Case(
        1118,
        "The field means nothing, or cannot work, without another one beside it.",
        "external: [{name: load, protocol: prometheus, url: 'http://prometheus:9090'}]\n",
        "external: [{name: load, protocol: prometheus, url: 'http://prometheus:9090', query: up}]\n",
    ),
    Case(
        1120,
        "The protocol is one of the language's words, but nobody speaks it. It does not fall through to HTTP.",
        "external: [{name: load, protocol: grpc, url: 'http://load:9000'}]\n",
        "external: [{name: load, protocol: http, url: 'http://load:9000'}]\n",
    ),
    Case(
        1121,
        "The name is one that templates, modules or variables cannot have.",
        "external: [{name: my-api, url: 'http://api'}]\n",
        "external: [{name: myApi, url: 'http://api'}]\n",
    ),
)
