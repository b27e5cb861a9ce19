"""Lookalikes, webhooks and second writers: the end of 12xx, 15xx, 17xx and 18xx."""

from __future__ import annotations

from typing import Final

from reference.cases.case import Case

_CUSTOM: Final = (
    "onReconcile:\n  custom:\n    - apiVersion: shop.example.com/v1\n      kind: Basket\n"
    "      metadata: {{name: a}}\n      spec: {{{}}}\n"
)
_IMAGE: Final = "onReconcile:\n  deployments:\n    - {{image: nginx, {}}}\n"
_HEAD: Final = "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: shop}\n"
_APPS: Final = (
    "spec:\n  crds:\n    apps:\n      apiTypes: {kind: Deployment}\n      labelSelector: {team: shop}\n"
    "      validation:\n        rules: [{field: spec.replicas, lessThan: 50, message: too many}]\n"
)
_SITE: Final = (
    "spec:\n  crds:\n    website:\n"
    "      apiTypes: {group: shop.example.com, version: v1, kind: Website, plural: websites}\n"
)
_SCALED: Final = (
    "onReconcile:\n  deployments:\n    - image: nginx\n      name: web\n      replicas: 2\n"
    "{}  custom:\n    - apiVersion: keda.sh/v1alpha1\n      kind: ScaledObject\n"
    "      metadata: {{name: web}}\n      spec: {{scaleTargetRef: {{name: web}}}}\n"
)


def _guarded(security: str, rest: str) -> str:
    return f"{_HEAD}security:\n  {security}\n{rest}"


DELIVERY: Final = (
    Case(
        1221,
        "In trees that are passed on as written nothing says which type is meant, so YAML 1.1 decides as it does in "
        "kubectl: `on`, `yes` and `y` are true, `1.10` is 1.1, `0123` is 83. Fields of the language that hold text "
        "keep what is written.",
        _CUSTOM.format("tag: 1.10"),
        _CUSTOM.format('tag: "1.10"'),
    ),
    Case(
        1222,
        "Typographic quotes, no-break spaces and characters without width come with text that was copied from a page. "
        "To YAML they are letters like any other.",
        _IMAGE.format("workingDirectory: \u201c/srv\u201d"),
        _IMAGE.format('workingDirectory: "/srv"'),
    ),
    Case(
        1705,
        "With failurePolicy Fail nothing the webhook is asked about is written while nobody answers. Where that is a "
        "built-in kind in every namespace, the pods that would answer are among it.",
        _guarded("webhooks: {admission: {enabled: true}}", _APPS),
        _guarded("webhooks: {admission: {enabled: true}, failurePolicy: Ignore}", _APPS),
        place="file",
    ),
    Case(
        1706,
        "In strict mode the label that protects is protected too. When the gateway goes without taking its webhook "
        "away, both stay for ever.",
        _guarded("deletionProtection: {enabled: true, strictMode: true}", _SITE),
        _guarded("deletionProtection: {enabled: true, strictMode: true, cleanupOnShutdown: true}", _SITE),
        place="file",
    ),
    Case(
        1707,
        "Marks that turn the direction of writing make a line look like another one to whoever reviews it.",
        _IMAGE.format('workingDirectory: "/srv\u202e/vrs"'),
        _IMAGE.format('workingDirectory: "/srv"'),
        shown='onReconcile:\n  deployments:\n    - {image: nginx, workingDirectory: "/srv<U+202E>/vrs"}\n',
    ),
    Case(
        1802,
        "Keys of Argo CD, Flux, Helm and kubectl are never put on children, and the runtime's own marks are always the "
        "runtime's. In status, `conditions` and `observedGeneration` are.",
        _IMAGE.format("annotations: {argocd.argoproj.io/sync-wave: '1'}"),
        _IMAGE.format("annotations: {shop.example.com/wave: '1'}"),
    ),
    Case(
        1803,
        "Each writer sets back what the other sets. An `hpa` of the same entry is known and needs nothing.",
        _SCALED.format(""),
        _SCALED.format("      drift: {ignore: [spec.replicas]}\n"),
    ),
    Case(
        1804,
        "The webhook replaces what was applied, so the object is never what Git says: Argo CD shows it out of sync, "
        "and Flux applies it again and again.",
        _guarded(
            "webhooks: {admission: {enabled: true}}",
            _SITE + "      mutation:\n        rules: [{field: spec.replicas, override: 3}]\n",
        ),
        _guarded(
            "webhooks: {admission: {enabled: true}}",
            _SITE + "      mutation:\n        rules: [{field: spec.replicas, default: 3}]\n",
        ),
        place="file",
    ),
)
