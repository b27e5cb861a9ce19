"""Webhooks: which writes they are asked about, and what their answers do."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from orkestra.devserver.admission.matching import Hook
from orkestra.devserver.admission.webhooks import Webhooks
from orkestra.devserver.cluster import Cluster
from orkestra.devserver.writes import Draft, WriteOptions, draft_create
from orkestra.k8s.errors import Forbidden, InternalError
from tests.unit.devserver.builders import Document, cluster, configmap, info, widget, with_widgets

Answer = Callable[[Hook, Document], Document]
RULE = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}


def register(made: Cluster, kind: str = "validating", name: str = "hook", **fields: Any) -> None:
    webhook = {
        "name": f"{name}.example.com",
        "clientConfig": {"url": "https://hook.example.com/review"},
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "rules": [RULE],
        **fields,
    }
    plural = f"{kind}webhookconfigurations"
    made.create(info(made, "admissionregistration.k8s.io", plural), {"metadata": {"name": name}, "webhooks": [webhook]})


def allow(_hook: Hook, review: Document, **fields: Any) -> Document:
    response = {"uid": review["request"]["uid"], "allowed": True, **fields}
    return {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "response": response}


def patching(*operations: Document) -> Answer:
    patch = base64.b64encode(json.dumps(operations).encode()).decode()
    return lambda hook, review: allow(hook, review, patch=patch, patchType="JSONPatch")


def webhooks(made: Cluster, answer: Answer) -> tuple[Webhooks, list[Document]]:
    asked: list[Document] = []

    async def post(hook: Hook, review: Document) -> bytes:
        asked.append(review["request"])
        return json.dumps(answer(hook, review)).encode()

    return Webhooks(made, post), asked


def draft(made: Cluster, document: Document, plural: str = "configmaps", group: str = "") -> Draft:
    kind = made.kind(info(made, group, plural))
    return draft_create(made.backend, kind, "default", document, WriteOptions())


def test_nothing_is_asked_while_nothing_is_registered() -> None:
    made = cluster()
    assert Webhooks(made).admitter() is None
    register(made)
    assert Webhooks(made).admitter() is not None


async def test_a_review_carries_the_object_as_it_would_be_stored() -> None:
    made = cluster()
    register(made)
    hooks, asked = webhooks(made, allow)
    await hooks.admit(draft(made, configmap("a", data={"x": "1"})))
    (request,) = asked
    assert (request["operation"], request["name"], request["namespace"]) == ("CREATE", "a", "default")
    assert request["kind"] == {"group": "", "version": "v1", "kind": "ConfigMap"}
    assert request["object"]["data"] == {"x": "1"} and request["oldObject"] is None
    assert request["object"]["metadata"]["uid"]


async def test_a_denial_says_who_and_why() -> None:
    made = cluster()
    register(made)
    hooks, _ = webhooks(
        made, lambda hook, review: allow(hook, review, allowed=False, status={"message": "not on Fridays"})
    )
    with pytest.raises(Forbidden) as caught:
        await hooks.admit(draft(made, configmap("a")))
    assert caught.value.message == 'admission webhook "hook.example.com" denied the request: not on Fridays'


async def test_a_mutation_is_typed_and_stored() -> None:
    made = cluster()
    register(made, "mutating")
    hooks, _ = webhooks(made, patching({"op": "add", "path": "/data", "value": {"added": "yes"}}))
    prepared = draft(made, configmap("a"))
    await hooks.admit(prepared)
    assert made.commit(prepared)["data"] == {"added": "yes"}


async def test_validating_hooks_see_what_mutating_ones_did() -> None:
    made = cluster()
    register(made, "mutating", "first")
    register(made, "validating", "second")
    mutate = patching({"op": "add", "path": "/data", "value": {"added": "yes"}})
    hooks, asked = webhooks(
        made, lambda hook, review: (mutate if hook.configuration == "first" else allow)(hook, review)
    )
    await hooks.admit(draft(made, configmap("a")))
    assert [request["object"].get("data") for request in asked] == [None, {"added": "yes"}]


@pytest.mark.parametrize(
    ("fields", "is_asked"),
    [
        ({"rules": [{**RULE, "resources": ["*"]}]}, True),
        ({"rules": [{**RULE, "resources": ["secrets"]}]}, False),
        ({"rules": [{**RULE, "operations": ["*"]}]}, True),
        ({"rules": [{**RULE, "operations": ["UPDATE"]}]}, False),
        ({"rules": [{**RULE, "scope": "Cluster"}]}, False),
        ({"objectSelector": {"matchLabels": {"app": "web"}}}, True),
        ({"objectSelector": {"matchLabels": {"app": "db"}}}, False),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "default"}}}, True),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}}, False),
    ],
)
async def test_rules_and_selectors_decide_who_is_asked(fields: Document, is_asked: bool) -> None:
    made = cluster()
    register(made, **fields)
    hooks, asked = webhooks(made, allow)
    await hooks.admit(draft(made, configmap("a", metadata={"labels": {"app": "web"}})))
    assert bool(asked) is is_asked


async def test_a_hook_gets_the_version_it_asked_for() -> None:
    made, _ = with_widgets()
    register(made, rules=[{**RULE, "apiGroups": ["example.com"], "apiVersions": ["v1beta1"], "resources": ["widgets"]}])
    hooks, asked = webhooks(made, allow)
    await hooks.admit(draft(made, widget("a"), "widgets", "example.com"))
    assert asked[0]["object"]["apiVersion"] == "example.com/v1beta1"
    assert asked[0]["requestKind"]["version"] == "v1"


async def never(_hook: Hook, _review: Document) -> bytes:
    await asyncio.sleep(60)
    return b""


async def unreachable(_hook: Hook, _review: Document) -> bytes:
    raise ConnectionRefusedError("connection refused")


def answering(body: bytes) -> Callable[[Hook, Document], Awaitable[bytes]]:
    async def post(_hook: Hook, _review: Document) -> bytes:
        return body

    return post


@pytest.mark.parametrize(
    ("post", "text"),
    [
        (unreachable, "connection refused"),
        (answering(b"<html>"), "the response is not JSON"),
        (answering(b"{}"), "webhook response was absent"),
        (answering(b'{"kind":"AdmissionReview","response":{"uid":"other","allowed":true}}'), "expected response.uid"),
    ],
    ids=["refused", "html", "empty", "other-uid"],
)
async def test_a_failing_hook_fails_the_write_or_is_passed_over(post: Any, text: str) -> None:
    for policy in ("Fail", "Ignore"):
        made = cluster()
        register(made, failurePolicy=policy)
        hooks = Webhooks(made, post)
        if policy == "Ignore":
            await hooks.admit(draft(made, configmap("a")))
        else:
            with pytest.raises(InternalError, match=text):
                await hooks.admit(draft(made, configmap("a")))


async def test_a_hook_that_does_not_answer_is_given_up() -> None:
    made = cluster()
    register(made, timeoutSeconds=1)
    with pytest.raises(InternalError, match="context deadline exceeded"):
        await Webhooks(made, never).admit(draft(made, configmap("a")))


async def test_a_patch_that_does_not_fit_is_the_hooks_fault() -> None:
    made = cluster()
    register(made, "mutating")
    hooks, _ = webhooks(made, patching({"op": "remove", "path": "/nowhere"}))
    with pytest.raises(InternalError, match=r"hook\.example\.com"):
        await hooks.admit(draft(made, configmap("a")))
