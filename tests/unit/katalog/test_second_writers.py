"""What goes on outside of the file: Git, other controllers, webhooks, and whoever reads the text."""

from __future__ import annotations

import pytest

from orkestra.katalog import load_text
from tests.unit.katalog.katalogs import HEAD, box_codes, box_text

_CUSTOM = "onReconcile: {{custom: [{{apiVersion: a.io/v1, kind: A, metadata: {{name: a}}, spec: {{{}}}}}]}}"
_APPS = """\
    apps:
      apiTypes: {kind: Deployment}
      labelSelector: {a: b}
      validation: {rules: [{field: spec.replicas, message: x, lessThan: 5}]}
"""
LATER = "ORK1901"


def codes(text: str) -> list[str]:
    return [each.code for each in load_text(text)[1] if each.code != LATER]


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("on: yes", 'write true, or "yes"'),
        ("list: [n]", 'write false, or "n"'),
        ("tag: 1.10", 'write 1.1, or "1.10" with quotes'),
        ("zip: 0123", 'write 83, or "0123" with quotes'),
        ("id: 0x1F", 'write 31, or "0x1F" with quotes'),
        ("id: 1_000", 'write 1000, or "1_000" with quotes'),
        ("id: 12e3", 'write 12000, or "12e3" with quotes'),
        ("on: true", ""),
        ("on: 'yes'", ""),
        ("tag: 1.5", ""),
        ("defaultMode: 0644", ""),
        ("time: '12:30'", ""),
        ("time: 12:30", ""),
        ("none: null", ""),
    ],
)
def test_words_that_yaml_reads_as_other_values(value: str, hint: str) -> None:
    found = load_text(box_text(_CUSTOM.format(value)))[1]
    assert [(each.code, each.hint) for each in found] == ([("ORK1221", hint)] if hint else [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("\u201c/srv\u201d", ["ORK1222"]),
        ("\u00a0/srv", ["ORK1222"]),
        ("'/s\u200brv'", ["ORK1222"]),
        ("'/srv\u202e/vrs'", ["ORK1707"]),
        ("'/srv \u201cold\u201d'", []),
        ("'caf\u00e9\u00a0noir'", []),
        ("'\U0001f468\u200d\U0001f469'", []),
    ],
)
def test_characters_that_only_look_like_others(value: str, expected: list[str]) -> None:
    assert box_codes(f"onReconcile: {{deployments: [{{image: a, workingDirectory: {value}}}]}}") == expected


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        ("webhooks: {admission: {enabled: true}}", ["ORK1705"]),
        ("webhooks: {admission: {enabled: true}, failurePolicy: Ignore}", []),
        ("webhooks: {admission: {enabled: false}}", []),
        ("namespaceProtection: {enabled: true, allowedNamespaces: [shop]}", ["ORK1705"]),
        ("namespaceProtection: {enabled: true, allowedNamespaces: [shop, kube-system]}", []),
        ("namespaceProtection: {enabled: true, restrictedNamespaces: [kube-system]}", ["ORK1705"]),
        ("namespaceProtection: {enabled: true, restrictedNamespaces: [shop]}", []),
        ("deletionProtection: {enabled: true, strictMode: true}", ["ORK1706"]),
        ("deletionProtection: {enabled: true}", []),
    ],
)
def test_webhooks_that_could_lock_the_cluster(security: str, expected: list[str]) -> None:
    head, _, _ = HEAD.partition("spec:\n")
    assert codes(f"{head}security: {{{security}}}\nspec:\n  crds:\n{_APPS}") == expected


@pytest.mark.parametrize(
    "reach", ["namespace: shop", "allowedNamespaces: [shop]", "restrictedNamespaces: [kube-system]"]
)
def test_an_entry_that_keeps_to_its_namespaces_locks_nothing(reach: str) -> None:
    head, _, _ = HEAD.partition("spec:\n")
    security = "security: {webhooks: {admission: {enabled: true}}}"
    assert codes(f"{head}{security}\nspec:\n  crds:\n{_APPS}      {reach}\n") == []


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("onReconcile: {services: [{port: 80, labels: {orkestra-owner: a}}]}", ["ORK1802"]),
        ("onReconcile: {services: [{port: 80, annotations: {orkestra.orkspace.io/applied: a}}]}", ["ORK1802"]),
        ("onReconcile: {services: [{port: 80, annotations: {kubectl.kubernetes.io/restartedAt: a}}]}", ["ORK1802"]),
        ("onReconcile: {services: [{port: 80, annotations: {argocd.argoproj.io/tracking-id: a}}]}", ["ORK1801"]),
        ("onReconcile: {services: [{port: 80, annotations: {deployment.kubernetes.io/revision: '1'}}]}", ["ORK1803"]),
        ("onReconcile: {services: [{port: 80, labels: {app.kubernetes.io/name: a}}]}", []),
        ("status: {fields: [{path: observedGeneration, value: 1}]}", ["ORK1802"]),
        ("status: {fields: [{path: conditions, value: x}]}", ["ORK1802"]),
        ("status: {conditions: false, fields: [{path: conditions, value: x}]}", []),
    ],
)
def test_what_the_runtime_never_takes_over(box: str, expected: list[str]) -> None:
    assert box_codes(box) == expected


_SCALED = "{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: a}, spec: {scaleTargetRef: {name: web}}}"


@pytest.mark.parametrize(
    ("workload", "scaler", "expected"),
    [
        ("replicas: 2", f"custom: [{_SCALED}]", ["ORK1803"]),
        ("replicas: 2, drift: {ignore: [spec.replicas]}", f"custom: [{_SCALED}]", []),
        ("port: 80", f"custom: [{_SCALED}]", []),
        ("replicas: 2", "hpa: [{scaleTargetRef: web, maxReplicas: 3}]", []),
        ("replicas: 2", f"custom: [{_SCALED.replace('{name: web}', '{name: api}')}]", []),
    ],
)
def test_replicas_that_two_writers_set(workload: str, scaler: str, expected: list[str]) -> None:
    assert box_codes(f"onReconcile: {{deployments: [{{name: web, image: a, {workload}}}], {scaler}}}") == expected


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
        ("AKIAABCDEFGHIJKLMNOP", "a key of AWS"),
        ("ghp_" + "a1" * 18, "a token of GitHub"),
        ("glpat-" + "a1" * 10, "a token of GitLab"),
        ("https://hooks.slack.com/services/T0000AAAA/B0000BBBB/abcdefghijklmnop", "a webhook of Slack"),
        ("sk_live_" + "a1" * 8, "a key of Stripe"),
        ("AIza" + "a1-_b" * 7, "a key of Google"),
        ("AccountKey=" + "aB1/" * 20, "a key of Azure Storage"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc", "a signed token"),
        ("Bearer abcdefghij0123456789", "a bearer token"),
        ("Basic dXNlcjpwYXNzd29yZA==", "a name and password"),
        ("amqp://user:hunter2@queue:5672/", "a password in a URL"),
        ("--password=hunter2", "a password on the command line"),
    ],
)
@pytest.mark.parametrize("place", ["onReconcile: {{jobs: [{{image: a, args: ['{}']}}]}}", "# {}\nprune: true"])
def test_credentials_are_known_by_their_shape(text: str, what: str, place: str) -> None:
    whole = box_text(place.format(text))
    (found,) = load_text(whole)[1]
    assert (found.code, found.message) == ("ORK1701", f"a literal credential: {what}")
    line = whole.splitlines()[found.span.line - 1]
    assert line[found.span.column - 1 : found.span.end_column - 1] in text
    assert set(found.quote[found.span.column - 1 : found.span.end_column - 1]) == {"*"}


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com:8080/a@b",
        "postgres://$USER:$PASSWORD@db/shop",
        "postgres://user:{{ .spec.password }}@db/shop",
        "postgres://user:***@db/shop",
        "--password=$PASSWORD",
        "--password-file=/run/secret",
        "--token={{ .spec.token }}",
        "Bearer {{ .spec.token }}",
        "Basic authentication is off",
        "the token of the user",
        "sha256:" + "0123456789abcdef" * 4,
        "registry.example.com/shop/web:v1.2.3-rc.1",
    ],
)
def test_what_is_no_credential(text: str) -> None:
    assert box_codes(f"onReconcile: {{jobs: [{{image: a, args: ['{text}']}}]}}") == []


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (_CUSTOM.format("password: hunter2"), ["ORK1701"]),
        (_CUSTOM.format("auth: {apiToken: aB3dE5fG7hJ9kL1mN3pQ}"), ["ORK1701"]),
        (_CUSTOM.format("auth: {tokenSecret: shop-token}"), []),
        (_CUSTOM.format("tls: {secret: shop-tls}"), []),
        (_CUSTOM.format("passwordSecretRef: {name: a, key: password}"), []),
        ("onCreate: {secrets: [{data: {blob: aB3dE5fG7hJ9kL1mN3pQ}}]}", ["ORK1701"]),
        ("onCreate: {secrets: [{data: {ca: 'shop-ca'}}]}", []),
    ],
)
def test_credentials_are_known_by_their_names(box: str, expected: list[str]) -> None:
    assert box_codes(box) == expected
