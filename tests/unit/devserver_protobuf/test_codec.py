"""Bodies as stock kubectl 1.32 sends them, objects with every odd type, and bytes nobody should send."""

from __future__ import annotations

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orkestra.devserver.protobuf import decode, encode
from orkestra.devserver.protobuf.wire import bytes_field, number_field, varint
from orkestra.k8s.errors import BadRequest, NotAcceptable, RequestEntityTooLarge, StatusError, UnsupportedMediaType
from orkestra.k8s.objects import Object

CREATE_DEPLOYMENT = b64decode(
    "azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50ErgBCh8KA3dlYhIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViEoYBCAISDAoKCgNhcHASA3dlYhps"
    "ChwKABIAGgAiACoAMgA4AEIAWgoKA2FwcBIDd2ViEkwSLgoFbmdpbngSBW5naW54KgAyCgoAEAAYUCIAKgBCAGoAcgCAAQCIAQCQAQCiAQAaADIA"
    "QgBKAFIAWABgAGgAggEAigEAmgEAwgEAIgIKACgAOAAaDAgAEAAYACAAKAA4ABoAIgA="
)
CREATE_SECRET = b64decode("azhzAAoMCgJ2MRIGU2VjcmV0Eh0KEQoBcxIAGgAiACoAMgA4AEIAEgYKAWESAWIaABoAIgA=")
CREATE_BUDGET = b64decode(
    "azhzAAogCglwb2xpY3kvdjESE1BvZERpc3J1cHRpb25CdWRnZXQSNgoRCgFwEgAaACIAKgAyADgAQgASFQoJCAEQABoDNTAlEggKBgoBYRIBYhoK"
    "CAAYACAAKAAwABoAIgA="
)
CREATE_INGRESS = b64decode(
    "azhzAAofChRuZXR3b3JraW5nLms4cy5pby92MRIHSW5ncmVzcxJCChEKAWkSABoAIgAqADIAOABCABIpGicKBWEuY29tEh4KHAoaCgIveBINIgsK"
    "A3N2YxIECgAQUBoFRXhhY3QaAgoAGgAiAA=="
)


def test_kubectl_create_deployment() -> None:
    assert decode(CREATE_DEPLOYMENT) == {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "metadata": {"name": "web", "labels": {"app": "web"}},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "nginx", "image": "nginx", "ports": [{"containerPort": 80}]}]},
            },
        },
    }


def test_kubectl_create_secret_carries_bytes_as_base64() -> None:
    assert decode(CREATE_SECRET)["data"] == {"a": "Yg=="}


def test_kubectl_create_pdb_carries_a_percentage() -> None:
    assert decode(CREATE_BUDGET)["spec"] == {"minAvailable": "50%", "selector": {"matchLabels": {"a": "b"}}}


def test_kubectl_create_ingress_inlines_the_rule() -> None:
    path = {"path": "/x", "pathType": "Exact", "backend": {"service": {"name": "svc", "port": {"number": 80}}}}
    assert decode(CREATE_INGRESS)["spec"] == {"rules": [{"host": "a.com", "http": {"paths": [path]}}]}


ODD: list[Object] = [
    {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {"name": "p", "creationTimestamp": "2030-01-02T03:04:05Z", "generation": 7},
        "spec": {
            "containers": [
                {
                    "name": "c",
                    "image": "i",
                    "resources": {"limits": {"cpu": "500m"}},
                    "livenessProbe": {"httpGet": {"port": "http"}, "periodSeconds": 3},
                    "readinessProbe": {"tcpSocket": {"port": 80}},
                    "securityContext": {"runAsUser": 0, "privileged": False},
                    "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k", "optional": False}}}],
                }
            ],
            "volumes": [{"name": "v", "emptyDir": {}}, {"name": "w", "configMap": {"name": "m", "defaultMode": 420}}],
            "terminationGracePeriodSeconds": 0,
        },
    },
    {"kind": "DeleteOptions", "apiVersion": "apps/v1", "gracePeriodSeconds": 0, "propagationPolicy": "Foreground"},
    {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": {"name": "web"}, "spec": {"replicas": 3}},
    {"kind": "Eviction", "apiVersion": "policy/v1", "metadata": {"name": "p"}, "deleteOptions": {"dryRun": ["All"]}},
    {
        "kind": "SelfSubjectAccessReview",
        "apiVersion": "authorization.k8s.io/v1",
        "spec": {"resourceAttributes": {"verb": "get", "resource": "pods"}},
        "status": {"allowed": True},
    },
    {
        "kind": "SubjectAccessReview",
        "apiVersion": "authorization.k8s.io/v1",
        "spec": {"user": "joe", "extra": {"scopes": ["a", "b"]}},
    },
    {
        "kind": "Lease",
        "apiVersion": "coordination.k8s.io/v1",
        "metadata": {"name": "l"},
        "spec": {"renewTime": "2030-01-02T03:04:05.678901Z", "leaseDurationSeconds": 0},
    },
    {
        "kind": "ConfigMap",
        "apiVersion": "v1",
        "data": {"": "", "ü": "ß"},
        "binaryData": {"b": "AP8="},
        "immutable": False,
    },
    {"kind": "ControllerRevision", "apiVersion": "apps/v1", "data": {"spec": [1, {"a": None}]}, "revision": -1},
]


@pytest.mark.parametrize("obj", ODD, ids=lambda obj: str(obj["kind"]))
def test_what_is_written_reads_back(obj: Object) -> None:
    assert decode(encode(obj)) == obj


def test_a_custom_resource_has_no_protobuf_form() -> None:
    with pytest.raises(NotAcceptable):
        encode({"apiVersion": "example.com/v1", "kind": "Widget"})
    with pytest.raises(UnsupportedMediaType):
        decode(envelope("example.com/v1", "Widget", b""))


@pytest.mark.parametrize("value", [{"data": 3}, {"data": {"a": 3}}, {"immutable": "yes"}, {"metadata": []}])
def test_an_ill_typed_value_is_refused(value: Object) -> None:
    with pytest.raises(BadRequest):
        encode({"apiVersion": "v1", "kind": "ConfigMap", **value})


def envelope(api_version: str, kind: str, raw: bytes) -> bytes:
    type_meta = bytes_field(1, api_version.encode()) + bytes_field(2, kind.encode())
    return b"k8s\x00" + bytes_field(1, type_meta) + bytes_field(2, raw)


def nested_unknown_fields(depth: int) -> bytes:
    raw = b""
    for _ in range(depth):
        raw = bytes_field(99, raw)
    return raw


def test_unknown_fields_are_passed_over() -> None:
    raw = nested_unknown_fields(50) + number_field(77, 5) + bytes_field(2, bytes_field(1, b"k") + bytes_field(2, b"v"))
    assert decode(envelope("v1", "ConfigMap", raw)) == {"kind": "ConfigMap", "apiVersion": "v1", "data": {"k": "v"}}


HOSTILE = {
    "empty": b"",
    "json": b'{"kind":"Pod"}',
    "no type": b"k8s\x00",
    "endless number": b"k8s\x00" + b"\xff" * 11,
    "cut short": CREATE_DEPLOYMENT[:60],
    "length beyond the end": b"k8s\x00\x0a\x7f",
    "field number zero": b"k8s\x00\x00\x00",
    "group wire type": b"k8s\x00\x0b",
    "number for a message": envelope("v1", "ConfigMap", number_field(1, 5)),
    "message for a number": envelope("apps/v1", "Deployment", bytes_field(2, bytes_field(1, b"x"))),
    "not utf-8": envelope("v1", "ConfigMap", bytes_field(1, bytes_field(1, b"\xff\xfe"))),
    "time out of range": envelope("v1", "Pod", bytes_field(1, bytes_field(8, number_field(1, 2**62)))),
    "json out of shape": envelope("apps/v1", "ControllerRevision", bytes_field(2, bytes_field(1, b"{"))),
    "json too deep": envelope("apps/v1", "ControllerRevision", bytes_field(2, bytes_field(1, b"[" * 100_000))),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bytes_are_a_bad_request(body: bytes) -> None:
    with pytest.raises(BadRequest):
        decode(body)


def test_a_body_too_large_is_refused_unread() -> None:
    with pytest.raises(RequestEntityTooLarge):
        decode(b"k8s\x00" + bytes(4 * 1024 * 1024))


@given(st.binary(max_size=300))
def test_any_bytes_decode_or_are_refused(noise: bytes) -> None:
    for body in (noise, b"k8s\x00" + noise, envelope("apps/v1", "Deployment", noise), envelope("v1", "Pod", noise)):
        try:
            decode(body)
        except StatusError as error:
            assert error.code in (400, 415)


@given(st.integers(4, len(CREATE_DEPLOYMENT) - 1), st.integers(0, 255))
def test_one_changed_byte_decodes_or_is_refused(at: int, byte: int) -> None:
    body = CREATE_DEPLOYMENT[:at] + bytes([byte]) + CREATE_DEPLOYMENT[at + 1 :]
    try:
        decode(body)
    except StatusError as error:
        assert error.code in (400, 415)


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_keep_their_value(value: int) -> None:
    body = {"kind": "Lease", "apiVersion": "coordination.k8s.io/v1", "spec": {"leaseTransitions": value}}
    assert decode(encode(body)) == body
    assert len(varint(value)) <= 10
