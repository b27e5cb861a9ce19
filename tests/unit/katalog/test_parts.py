"""The parts few entries have: every default, what cannot be read, and how parts must fit together."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from orkestra.katalog import Katalog, load_text
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.parts.calls import RetryBackoff
from orkestra.katalog.parts.work import Amount
from orkestra.katalog.profiles import PROFILES
from orkestra.katalog.schema.work import AUTOSCALE
from orkestra.katalog.terms import Condition
from orkestra.katalog.values import Constant, Value
from tests.unit.katalog.katalogs import HEAD, box_text, codes_of, crd_text, findings_of, load_box

TOP = "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: shop}\n"


def load_entry(entry: str) -> OperatorBox:
    katalog, found = load_text(HEAD + "".join(f"      {line}\n" for line in entry.splitlines()))
    assert katalog is not None, [f"{d.span}: {d.code} {d.message}" for d in found]
    return katalog.boxes[0]


def load_top(top: str) -> Katalog:
    katalog, found = load_text(TOP + top + "\n")
    assert katalog is not None, [f"{d.span}: {d.code} {d.message}" for d in found]
    return katalog


def plain(part: Any) -> Any:
    """A part without places, values as they are written, so that defaults read as a table."""
    if isinstance(part, Value):
        return part.value if isinstance(part, Constant) else str(part)
    if isinstance(part, Condition):
        return f"{part.subject} {part.operator} {part.value}"
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        found = {field.name: plain(getattr(part, field.name)) for field in dataclasses.fields(part)}
        return {name: value for name, value in found.items() if name not in ("position", "field_position")}
    if isinstance(part, tuple | list):
        return [plain(item) for item in part]
    return {key: plain(value) for key, value in part.items()} if hasattr(part, "items") else part


def test_an_external_call_has_its_defaults() -> None:
    (call,) = load_box('external: [{name: api, url: "https://api/{{ .spec.x }}"}]').external
    assert plain(call) == {
        "name": "api",
        "url": "https://api/{{ .spec.x }}",
        "protocol": "http",
        "query": None,
        "method": "GET",
        "body": None,
        "token": None,
        "headers": None,
        "timeout_seconds": 10.0,
        "expected_status": 0,
        "continue_on_error": False,
        "conditions": None,
        "sleep_seconds": 0.0,
        "fires": None,
        "retry_backoff": None,
        "cache_for_seconds": 0.0,
        "auth": None,
    }


def test_a_bare_backoff_is_the_first_wait() -> None:
    short, long = load_box(
        "external: [{name: a, url: x, retryBackoff: 2s}, {name: b, url: x, retryBackoff: {max: 1m, maxAttempts: 5}}]"
    ).external
    assert short.retry_backoff == RetryBackoff(2.0, 30.0, 2.0, 3)
    assert long.retry_backoff == RetryBackoff(0.5, 60.0, 2.0, 5)
    assert short.retry_backoff.longest_seconds == 2 + 4


def test_a_cross_is_known_by_its_alias() -> None:
    crosses = load_box(
        """
        cross:
          - {crd: website}
          - {labelSelector: {tier: data}, as: db, selector: {name: a, namespace: b}}
          - {crd: elsewhere, as: far, source: {host: other, auth: {token: $TOKEN}}}
        """
    ).cross
    assert [cross.alias for cross in crosses] == ["website", "db", "far"]
    assert plain(crosses[2].source) == {
        "host": "other",
        "endpoint": None,
        "protocol": "cr",
        "namespace": None,
        "cache_for_seconds": 30.0,
        "auth": {"token": "$TOKEN", "secret_ref": None},
    }


def test_rules_and_mutations_have_their_defaults() -> None:
    box = load_entry(
        """\
validation:
  rules:
    - {field: spec.replicas, message: too many, lte: 9}
    - {field: spec.tier, operator: in, value: "web,api", message: no, action: warn, fires: {reconcile: false}}
mutation:
  rules: [{field: spec.tier, default: web}]
normalize: {spec: {image.tag: "{{ .spec.tag }}", spec.host: a}}"""
    )
    assert box.validation is not None and box.mutation is not None and box.normalize is not None
    first, second = box.validation.rules
    assert plain(first.test) == "spec.replicas lessThanOrEqual 9"
    assert (first.action, first.link, first.fires) == ("deny", None, None)
    assert (second.test.operator, second.action, plain(second.fires)) == ("in", "warn", {"reconcile": False})
    assert plain(box.mutation) == {
        "mutate_first": False,
        "external": [],
        "rules": [
            {
                "field": ["spec", "tier"],
                "default": "web",
                "override": None,
                "value_type": None,
                "conditions": None,
                "fires": None,
                "motif": None,
            }
        ],
    }
    assert [path for path, _ in box.normalize.fields] == [("spec", "image", "tag"), ("spec", "host")]


def test_gates_and_watches_have_their_defaults() -> None:
    box = load_box(
        """
        preReconcile: {sentinels: [labelsChanged], reconcileGate: {sentinels: [labelsChanged]}}
        observe:
          watch: [{apiVersion: v1, kind: Node}]
          events: {oom: {reason: OOMKilling}}
        """
    )
    assert box.pre_reconcile is not None and box.observe is not None
    assert box.pre_reconcile.enqueue_gate is None
    assert plain(box.pre_reconcile.reconcile_gate) == {
        "external": [],
        "sentinels": ["labelsChanged"],
        "conditions": None,
        "fail_policy": "open",
        "event_aware": False,
    }
    assert box.observe.watch[0].on == box.observe.events["oom"].on == ("create", "update", "delete")


def test_hooks_remote_and_autoscale_have_their_defaults() -> None:
    box = load_box(
        "reconciler: {hooks: {module: shop.hooks}, queue: {maxDepth: 9, behaviour: {onThreshold: {value: 80}}}}"
    )
    assert plain(box.hooks) == {"module": "shop.hooks", "function": "on_reconcile", "managed_resources": []}
    assert plain(box.queue.behaviour) == {
        "on_limit": None,
        "on_threshold": {"value": 80, "drop": True, "conditions": None},
    }
    box = load_box(
        """
        reconciler: {default: false, remote: {endpoint: "http://r", auth: {env: TOKEN}}}
        autoscale: {conditions: {or: [{field: metrics.queueDepth, gt: 9}]}, do: {workers: 2.5x, resync: 1m}}
        """
    )
    assert box.remote is not None and box.autoscale is not None and box.autoscale.scaled is not None
    assert (box.remote.timeout_seconds, box.remote.type, plain(box.remote.auth)["header"]) == (
        15.0,
        "http",
        "Authorization",
    )
    assert (box.autoscale.interval_seconds, box.autoscale.cooldown_seconds) == (15.0, 120.0)
    assert box.autoscale.scaled.workers == Amount(2.5, is_factor=True)


@pytest.mark.parametrize("name", PROFILES["autoscale"])
def test_a_profile_of_autoscale_is_in_its_own_words(name: str) -> None:
    preset = dict(PROFILES["autoscale"][name])
    assert set(preset) <= set(AUTOSCALE.fields)
    box = load_box(f"autoscale: {preset}".replace("'", '"'))
    assert box.autoscale is not None and box.autoscale.conditions is not None
    assert load_box(f"autoscale: {{profile: {name}}}").autoscale.profile == name  # type: ignore[union-attr]


def test_security_and_notification_have_their_defaults() -> None:
    katalog = load_top(
        "security: {deletionProtection: {enabled: true}, webhooks: {}, conversion: {}, certManager: {},"
        " namespaceProtection: {allowedNamespaces: [web]}}\n"
        "notification: {enabled: true, defaults: {}, teams: {ops: {email: ops@example.com}}}"
    )
    found = plain(katalog.security)
    assert found["deletion_protection"] == {
        "enabled": True,
        "failure_policy": "Fail",
        "cleanup_on_shutdown": False,
        "strict_mode": False,
    }
    assert found["webhooks"]["failure_policy"] == "Fail"
    assert found["conversion"] == {"enabled": False, "conversion_window": 1000}
    assert found["cert_manager"] == {
        "auto_rotate": True,
        "rotation_threshold_seconds": 30 * 86400.0,
        "valid_for_seconds": 2 * 365 * 86400.0,
    }
    assert plain(katalog.notification)["defaults"] == {"interval_seconds": 900.0, "slack_webhook_url": None}
    assert plain(katalog.notification)["teams"]["ops"]["email"] == ["ops@example.com"]


def test_settings_have_their_defaults() -> None:
    katalog = load_top(
        "gateway: {enabled: true, api: {auth: {tokens: [{name: ci, token: '${CI}'}]}}}\npublish: {tests: {}}"
    )
    assert katalog.gateway is not None and katalog.publish is not None
    assert plain(katalog.gateway["api"])["enabled"] is False
    assert plain(katalog.publish["tests"]) == {"e2e": True, "simulate": True, "intent": False}
    serve = load_entry("serve: {fields: {image: {label: Image}}, config: {response: {}}, apply: {overrides: {}}}").serve
    assert serve is not None
    assert plain(serve["config"]["response"])["default"] is True
    assert plain(serve["apply"]["overrides"]) == {
        "resourceConflict": True,
        "targetConflict": True,
        "keepPreviousSurface": False,
    }
    with pytest.raises(TypeError):
        serve["enabled"] = True  # type: ignore[index]


def test_what_an_entry_says_of_itself_has_its_defaults() -> None:
    box = load_entry("endpoints: {}\ndeletionProtection: {}\nwebhooks: {}\nsetup: [a.yaml]\nenrich: [pods, {node: {}}]")
    assert plain(box.endpoints) == {"enabled": True, "health": True, "info": True}
    assert plain(box.deletion_protection) == {"protect_crd": True, "protect_crs": True, "strict_mode": None}
    assert plain(box.webhooks) == {"validation": True, "mutation": True, "operations": ["CREATE", "UPDATE"]}
    assert box.setup == {"apply": ("a.yaml",), "helm": (), "wait": ()}
    assert [one.target for one in box.enrich] == ["pods", "node"]
    assert (box.cross_access, box.remove_finalizers, box.enrich_all) == (True, False, False)


def test_a_condition_may_look_elsewhere_and_tell_teams() -> None:
    box = load_box(
        "when: [{field: status.replicas, source: children.deployment, equals: 1, notify: {teams: ops, message: no}}]"
    )
    assert box.conditions is not None
    (condition,) = box.conditions.when
    assert condition.path == ("children", "deployment", "status", "replicas")
    assert condition.notify is not None and condition.notify.teams == ("ops",)


@pytest.mark.parametrize(
    ("box", "code"),
    [
        ("external: [{name: my-api, url: x}]", "ORK1121"),
        ("external: [{name: api}]", "ORK1103"),
        ("external: [{name: a, url: x}, {name: a, url: y}]", "ORK1203"),
        ("external: [{name: a, url: x}]\nonReconcile: {external: [{name: a, url: y}]}", "ORK1203"),
        ("external: [{name: a, url: x, protocol: mqtt}]", "ORK1120"),
        ("external: [{name: a, url: x, protocol: postgres}]", "ORK1118"),
        ("external: [{name: a, url: x, token: abc123}]", "ORK1701"),
        ("external: [{name: a, url: x, headers: {Authorization: Bearer abc}}]", "ORK1701"),
        ("external: [{name: a, url: x, auth: {secretRef: {name: a, key: b}}}]", "ORK1103"),
        ("external: [{name: a, url: x, auth: {env: A, secretRef: {name: a, key: b, namespace: c}}}]", "ORK1106"),
        ("external: [{name: a, url: x, retryBackoff: {initial: 5s, max: 1s}}]", "ORK1104"),
        ("external: [{name: a, url: '{{ .spec'}]", "ORK1301"),
        ("external: [{name: a, url: x, tiemout: 3s}]", "ORK1101"),
        ("external: [{name: a, url: 'ftp://x'}]", "ORK1520"),
        ("cross: [{labels: {a: b}, as: x}]", "ORK1601"),
        ("cross: [{crd: website, source: {host: x, type: cr}}]", "ORK1601"),
        ("cross: [{labelSelector: {a: b}}]", "ORK1103"),
        ("cross: [{crd: website, selector: {name: a, strategy: all}}]", "ORK1106"),
        ("cross: [{crd: website}, {crd: website}]", "ORK1203"),
        ("cross: [{crd: nobody}]", "ORK1201"),
        ("cross: [{crd: website, selector: {name: '{{ .children.x }}'}}]", "ORK1208"),
        ("observe: {watch: [{apiVersion: v1, kind: Node, keyFrom: {label: a, name: b}}]}", "ORK1106"),
        ("observe: {watch: [{apiVersion: v1, kind: Node, keyFrom: {}}]}", "ORK1103"),
        ("observe: {watch: [{apiVersion: v1, kind: Node}, {kind: Node, apiVersion: v1}]}", "ORK1203"),
        ("observe: {events: {oom: {}}}", "ORK1103"),
        ("observe: {events: {o-m: {reason: a}}}", "ORK1121"),
        ("preReconcile: {enqueueGate: {eventAware: true}}", "ORK1101"),
        ("preReconcile: {sentinels: [colourChanged]}", "ORK1105"),
        ("when: [{field: labelsChanged, equals: 'true'}]", "ORK1211"),
        ("when: [{field: '{{ labelsChanged }}', equals: 'true'}]", "ORK1211"),
        ("when: [{field: '{{ .spec.x }}', source: status, exists: true}]", "ORK1106"),
        ("reconciler: {hooks: {}}", "ORK1103"),
        ("reconciler: {hooks: {module: 'shop hooks'}}", "ORK1121"),
        ("reconciler: {remote: {endpoint: 'http://r'}}", "ORK1118"),
        ("reconciler: {default: false, remote: {endpoint: x, type: grpc}}", "ORK1120"),
        ("reconciler: {queue: {behaviour: {onLimit: {}}}}", "ORK1118"),
        ("reconciler: {queue: {maxDepth: 9, behaviour: {onThreshold: {value: 101}}}}", "ORK1104"),
        ("reconciler: {queue: {maxDepth: 9, behaviour: {onThreshold: {value: 9, drop: false}}}}", "ORK1502"),
        ("reconciler: {requeue: {after: soon}}", "ORK1107"),
        ("autoscale: {profile: burst, cooldown: 3s}", "ORK1106"),
        ("autoscale: {profile: bust}", "ORK1105"),
        ("autoscale: {conditions: {when: [{field: metrics.p99, gt: 1}]}, do: {workers: 2}}", "ORK1213"),
        ("autoscale: {conditions: {when: [{cel: 'true'}]}, do: {workers: 2}}", "ORK1213"),
        ("providers: {aws: [{input: {}}]}", "ORK1103"),
        ("onReconcile: {services: [{port: 80, sleep: soon}]}", "ORK1107"),
        ("onReconcile: {deployments: [{image: a, autoscale: {max: 2, min: 3, scaleUp: {target: 1}}}]}", "ORK1104"),
        ("onReconcile: {hpa: [{maxReplicas: 3, deploymentRef: web}]}", "ORK1601"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_part_of_a_box_has_a_code(box: str, code: str) -> None:
    assert code in codes_of(box_text(box))


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("validation: {rules: [{field: spec.x, gte: 3}]}", "ORK1103"),
        ("validation: {rules: [{field: spec.x, message: m, gte: 3, lte: 4}]}", "ORK1402"),
        ("validation: {rules: [{field: spec.x, message: m, gte: three}]}", "ORK1403"),
        ("validation: {rules: [{field: spec.x, message: m, operator: like, value: 3}]}", "ORK1401"),
        ("validation: {rules: [{field: spec.x, message: m, link: nothing}]}", "ORK1208"),
        ("validation: {rules: [{field: spec.x, message: m, anyOf: []}]}", "ORK1601"),
        ("mutation: {rules: [{field: spec.x}]}", "ORK1103"),
        ("mutation: {rules: [{field: spec.x, default: 1, override: 2}]}", "ORK1106"),
        ("mutation: {rules: [{field: status.x, default: 1}]}", "ORK1512"),
        ("normalize: {spec: {'a b': 1}}", "ORK1115"),
        ("conversion: {storageVersion: v1, paths: [{from: v1, to: v1}]}", "ORK1118"),
        ("webhooks: {operations: [PATCH]}", "ORK1105"),
        ("enrich: [pod]", "ORK1105"),
        ("enrich: [pods, pods]", "ORK1203"),
        ("enrich: [pods]\n      enrichAll: true", "ORK1106"),
        ("serve: {fields: {a: {order: 0}}}", "ORK1104"),
        ("serve: {fields: {a: {order: 1}, b: {order: 1}}}", "ORK1203"),
        ("serve: {fields: {a: {value: x, values: {a: b}}}}", "ORK1106"),
        ("serve: {target: {a: {}, b: {}}}", "ORK1103"),
        ("serve: {target: {a: {primary: true}, b: {primary: true}}}", "ORK1203"),
        ("serve: {target: {a: {primary: true, fieldSelector: {a: 1, b: 2, c: 3, d: 4}}}}", "ORK1104"),
        ("deletionProtection: {protectCRDs: true}", "ORK1101"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_part_of_an_entry_has_a_code(entry: str, code: str) -> None:
    assert code in codes_of(HEAD + f"      {entry}\n")


@pytest.mark.parametrize(
    ("top", "code"),
    [
        ("security: {namespaceProtection: {allowedNamespaces: [a], restrictedNamespaces: [b]}}", "ORK1106"),
        ("security: {webhooks: {failurePolicy: Never}}", "ORK1105"),
        ("security: {certManager: {validFor: 1d}}", "ORK1104"),
        ("notification: {teams: {ops: {slack: {webhook: 'https://hooks.slack.com/services/T0/B0/x'}}}}", "ORK1701"),
        ("notification: {teams: {ops: {email: [nobody]}}}", "ORK1110"),
        ("providers: [{name: aws, auth: {key: AKIA123}}]", "ORK1701"),
        ("providers: [{name: aws}, {name: aws}]", "ORK1203"),
        ("gateway: {api: {auth: {tokens: [{name: a, token: secret}]}}}", "ORK1701"),
        ("gateway: {api: {auth: {tokens: [{name: a}]}}}", "ORK1103"),
        ("gateway: {api: {auth: {tokens: [{name: a, token: $A, oidc: {issuer: x, allow: y}}]}}}", "ORK1106"),
        ("gateway: {clusters: {a: {endpoint: x, tokenRef: {name: a, key: b}}}}", "ORK1103"),
        ("gateway: {admission: {}}", "ORK1602"),
        ("lifecycle: {maturity: old}", "ORK1105"),
        ("lifecycle: {deprecation: {message: m, timeline: {from: 2027-02-30, to: 2027-03-01}}}", "ORK1116"),
        ("lifecycle: {deprecation: {message: m, migratedTo: other}}", "ORK1117"),
    ],
)
def test_what_is_wrong_at_the_top_has_a_code(top: str, code: str) -> None:
    assert code in codes_of(TOP + top + "\n")


def test_serve_uses_tokens_the_gateway_has_and_rules_fields_serve_has() -> None:
    gateway = "gateway: {enabled: true, api: {enabled: true, auth: {tokens: [{name: ci, token: $CI}]}}}\n"
    entry = HEAD + "      serve: {enabled: true, tokens: {cd: {}}, fields: {image: {}}}\n" + gateway
    assert [(c, m) for c, _, m in findings_of(entry) if c not in ("ORK1901",)] == [
        ("ORK1208", 'tokens: the gateway has no token "cd"')
    ]


def test_serve_uses_clusters_the_gateway_has() -> None:
    text = HEAD + "      serve: {enabled: true, clusters: [esat]}\n"
    gateway = "gateway: {enabled: true, clusters: {east: {endpoint: 'https://e', secretRef: {name: a, key: b}}}}\n"
    assert [c for c in codes_of(text + gateway) if c != "ORK1901"] == ["ORK1208"]
    assert [c for c in codes_of(text.replace("esat", "east") + gateway) if c != "ORK1901"] == []


def test_teams_exist() -> None:
    text = (
        box_text("when: [{field: spec.x, notify: {teams: [opps]}}]") + "notification: {teams: {ops: {email: a@b.c}}}\n"
    )
    assert "ORK1208" in codes_of(text)
    assert "ORK1208" not in codes_of(text.replace("opps", "ops"))


def test_a_go_hook_is_told_once() -> None:
    text = box_text("reconciler: {hooks: {location: ./hooks, function: Run, alias: h, fetch: true, args: {}}}")
    assert codes_of(text) == ["ORK1603"]


def test_results_are_there_when_they_are_used() -> None:
    box = """
    external: [{name: late, url: x}]
    preReconcile:
      reconcileGate:
        failPolicy: closed
        external: [{name: own, url: x}]
        when: [{field: external.late.a}, {field: external.own.a}]
    onReconcile:
      external: [{name: next, url: "{{ .external.late.id }}"}]
      serviceAccounts: [{labels: {a: "{{ .external.next.x }}", b: "{{ .external.late.x }}"}}]
    """
    assert [(c, m) for c, _, m in findings_of(box_text(box)) if c != "ORK1901"] == [
        ("ORK1210", ".external.late: this call is not made before reconcileGate needs it")
    ]


def test_watched_objects_are_not_held_against_the_entrys_own_schema() -> None:
    box = "observe: {watch: [{apiVersion: v1, kind: Node, keyFrom: {name: '{{ .anything.at.all }}'}}]}"
    assert codes_of(box_text(box)) == ["ORK1901"]
    assert load_box(box).reads.status is False


def test_events_are_a_root_where_they_are_declared() -> None:
    status = "status: {fields: [{path: a, value: '{{ .events.oom.reason }}'}]}\n"
    assert codes_of(box_text(status)) == ["ORK1208"]
    assert codes_of(box_text(status + "observe: {events: {oom: {reason: OOM}}}")) == ["ORK1901"]


CRD = crd_text(
    "websites.shop.example.com",
    "Website",
    """
    spec:
      type: object
      properties:
        replicas: {type: integer}
        tier: {type: string, enum: [web, api]}
        image: {type: string}
    """,
)


@pytest.mark.parametrize(
    ("entry", "codes"),
    [
        ("mutation: {rules: [{field: spec.replicas, default: 3}, {field: spec.tier, override: web}]}", []),
        ("mutation: {rules: [{field: spec.replcias, default: 3}]}", ["ORK1305"]),
        ("mutation: {rules: [{field: spec.replicas, default: three}]}", ["ORK1307"]),
        ("mutation: {rules: [{field: spec.replicas, default: '3'}]}", ["ORK1307"]),
        ("mutation: {rules: [{field: spec.replicas, default: '3', valueType: int}]}", []),
        ("mutation: {rules: [{field: spec.image, default: 3, valueType: int}]}", ["ORK1307"]),
        ("mutation: {rules: [{field: spec.tier, default: batch}]}", ["ORK1307"]),
        ("mutation: {rules: [{field: spec.tier, default: '{{ .spec.image }}'}]}", []),
        ("normalize: {spec: {tier: batch}}", ["ORK1307"]),
        ("normalize: {spec: {teir: web}}", ["ORK1305"]),
        ("validation: {rules: [{field: spec.replcias, message: m, gte: 1}]}", ["ORK1305"]),
        ("validation: {rules: [{field: spec.tier, message: m, equals: batch}]}", ["ORK1413"]),
        ("validation: {rules: [{field: spec.replicas, message: 'no {{ .spec.img }}', gte: 1}]}", ["ORK1305"]),
        ("conversion: {storageVersion: v2, paths: [{from: v1, to: v3}]}", ["ORK1208", "ORK1208"]),
        ("serve: {enabled: false, namespace: a}", []),
        ("operatorBox: {observe: {watch: [{apiVersion: v1, kind: Node, keyFrom: {name: '{{ .spec.podCIDR }}'}}]}}", []),
        ("operatorBox: {preReconcile: {enqueueGate: {when: [{field: spec.replcias}]}}}", ["ORK1305"]),
    ],
)  # fmt: skip
def test_parts_are_held_against_the_schema(entry: str, codes: list[str], tmp_path: Path) -> None:
    (tmp_path / "crd.yaml").write_text(CRD)
    text = HEAD + f"      crdFile: crd.yaml\n      {entry}\n"
    found = codes_of(text, path=tmp_path / "katalog.yaml", root=tmp_path)
    assert [code for code in found if code not in ("ORK1901", "ORK1308")] == codes


@pytest.mark.parametrize(
    "entry",
    [
        "validation: {rules: [{field: spec.x, message: m, when: LIST}]}",
        "enrich: [{pods: {when: LIST}}]",
        "operatorBox: {external: [{name: a, url: x, when: LIST}]}",
        "operatorBox: {preReconcile: {enqueueGate: {when: LIST}}}",
    ],
)
def test_conditions_of_parts_may_exclude_each_other(entry: str) -> None:
    lists = "[{field: spec.y, equals: a}, {field: spec.y, equals: b}]"
    assert "ORK1414" in codes_of(HEAD + f"      {entry.replace('LIST', lists)}\n")
