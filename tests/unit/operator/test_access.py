"""The rights a definition needs: no verb, resource, name or namespace more."""

from __future__ import annotations

import textwrap

import pytest

from orkestra.generate.kinds import OfflineKinds
from orkestra.katalog import load_text, render
from orkestra.operator.access import Right, box_rights, own_rights

Told = tuple[str, str, str, str]


def rights(box: str, more: str = "") -> list[Right]:
    text = f"""
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {{name: t}}
spec:
  crds:
    site:
      apiTypes: {{group: demo.io, version: v1, kind: Site, plural: sites}}
{textwrap.indent(textwrap.dedent(more), "      ")}
      operatorBox:
{textwrap.indent(textwrap.dedent(box), "        ")}
"""
    katalog, findings = load_text(text)
    assert katalog is not None, render(findings)
    return list(box_rights(katalog.boxes[0], OfflineKinds(katalog, {}).resolve))


def told(found: list[Right], resource: str) -> set[Told]:
    """(verb, resource, namespace, names) of the rights on a resource."""
    return {
        (verb, r.resource, r.namespace, ",".join(sorted(r.objects)))
        for r in found
        for verb in r.verbs
        if r.resource == resource
    }


def places(found: list[Right], resource: str, verb: str) -> set[str]:
    return {r.namespace for r in found if r.resource == resource and verb in r.verbs}


CHILD = "onReconcile: {configMaps: [{data: {k: v}}]}"


def test_custom_resources_are_looked_at_and_only_their_status_is_written() -> None:
    found = rights(CHILD)
    assert told(found, "sites") == {("list", "sites", "", ""), ("watch", "sites", "", "")}
    assert told(found, "sites/status") == {("patch", "sites/status", "", "")}
    assert told(found, "sites/finalizers") == {("update", "sites/finalizers", "", "")}


def test_an_entry_that_writes_no_status_may_not() -> None:
    assert not told(rights(CHILD, "ignoreStatusPatch: true"), "sites/status")


def test_children_need_no_more_than_six_verbs() -> None:
    verbs = {verb for verb, *_ in told(rights(CHILD), "configmaps")}
    assert verbs == {"create", "delete", "get", "list", "patch", "watch"}


def test_an_entry_of_one_namespace_has_rights_there_only() -> None:
    found = rights(CHILD, "namespace: shop")
    assert {r.namespace for r in found} == {"shop"}


def test_an_entry_of_some_namespaces_writes_there_only() -> None:
    found = rights(CHILD, "allowedNamespaces: [a, b]")
    assert places(found, "sites", "watch") == {""}
    for resource, verb in (("configmaps", "create"), ("sites/status", "patch"), ("events", "create")):
        assert places(found, resource, verb) == {"a", "b"}


@pytest.mark.parametrize(
    ("entry", "written"),
    [
        ("namespace: vault", {"vault"}),
        ("namespace: '{{ .spec.n }}'", {""}),
        ("toNamespaces: [x, y]", {"x", "y"}),
        ("toNamespaces: ['{{ .spec.n }}']", {""}),
    ],
)
def test_children_elsewhere_are_written_where_the_definition_says(entry: str, written: set[str]) -> None:
    found = rights(f"onReconcile: {{configMaps: [{{data: {{k: v}}, {entry}}}]}}", "namespace: shop")
    assert places(found, "configmaps", "create") == written
    assert ("patch", "sites", "shop", "") in told(found, "sites"), "a finalizer, since no ownerReference reaches them"


@pytest.mark.parametrize(
    ("box", "is_needed"),
    [
        (CHILD, False),
        ("onReconcile: {clusterRoles: [{rules: []}]}", True),
        (f"{CHILD}\nonDelete: {{jobs: [{{image: busybox}}]}}", True),
    ],
)
def test_the_right_to_set_a_finalizer_is_there_where_deletion_needs_us(box: str, is_needed: bool) -> None:
    assert (("patch", "sites", "", "") in told(rights(box), "sites")) is is_needed


def test_a_box_without_children_owns_nothing() -> None:
    found = rights("status: {fields: [{path: a, value: b}]}")
    assert {r.resource for r in found} == {"sites", "sites/status", "events"}


def test_what_on_delete_deletes_is_not_made() -> None:
    found = rights("onDelete: {jobs: [{image: busybox}], secrets: [{name: x}]}")
    assert {verb for verb, *_ in told(found, "secrets")} == {"delete", "get", "list", "watch"}
    assert {verb for verb, *_ in told(found, "jobs")} == {"create", "get", "list", "patch", "watch"}


def test_a_source_is_looked_at_by_name() -> None:
    found = rights("onReconcile: {secrets: [{fromSecret: pull, fromNamespace: vault}]}", "namespace: shop")
    assert ("watch", "secrets", "vault", "pull") in told(found, "secrets")
    assert ("create", "secrets", "shop", "") in told(found, "secrets")


def test_secrets_are_asked_for_by_those_who_have_any() -> None:
    assert not told(rights(CHILD), "secrets")


def test_escalate_and_bind_come_with_roles() -> None:
    assert not any(r.verbs & {"escalate", "bind"} for r in rights(CHILD))
    box = """
    onReconcile:
      roles: [{rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}]
      roleBindings:
        - {roleRef: {kind: ClusterRole, name: view}, subjects: [{name: default}]}
        - {name: other, roleRef: {name: "{{ .metadata.name }}-role"}, subjects: [{name: default}]}
    """
    found = rights(box, "namespace: shop")
    assert ("escalate", "roles", "shop", "") in told(found, "roles")
    assert ("bind", "roles", "shop", "") in told(found, "roles")
    assert ("bind", "clusterroles", "shop", "view") in told(found, "clusterroles")


def test_the_status_of_a_custom_child_is_written_where_it_declares_one() -> None:
    entry = "{apiVersion: demo.io/v1, kind: Part, metadata: {name: p}, status: {a: b}%s}"
    assert told(rights(f"onReconcile: {{custom: [{entry % ''}]}}"), "parts/status")
    assert not told(rights(f"onReconcile: {{custom: [{entry % ', hasStatus: false'}]}}"), "parts/status")


def test_a_disabled_entry_needs_nothing() -> None:
    assert not rights(CHILD, "enabled: false")


def test_what_is_left_of_kinds_it_had_is_looked_at_and_deleted() -> None:
    found = rights(CHILD + "\nformerKinds: [services, configMaps, apps.io/v1/Widget]", "namespace: team")
    assert told(found, "services") == {(verb, "services", "team", "") for verb in ("list", "watch", "delete")}
    assert places(found, "widgets", "delete") == {"team"}
    assert "get" in {verb for verb, *_ in told(found, "configmaps")}, "what it has, it has"
    assert not [r for r in found if r.resource == "sites" and "patch" in r.verbs]
    far = rights(CHILD + "\nformerKinds: [clusterRoles]", "namespace: team")
    assert places(far, "clusterroles", "delete") == {""}
    assert places(far, "sites", "patch") == {"team"}, "a finalizer may be left"


def test_every_right_says_who_needs_it() -> None:
    assert all(r.subject.startswith("site") and r.position is not None and r.why for r in rights(CHILD))


def test_the_runtime_needs_little_for_itself() -> None:
    found = list(own_rights("ns"))
    assert {r.namespace for r in found} == {"ns"}
    lease = "orkestra-konductor"
    assert {(verb, r.resource, *r.objects) for r in found for verb in r.verbs} == {
        ("create", "leases"),
        ("get", "leases", lease),
        ("update", "leases", lease),
        ("create", "configmaps"),
        ("get", "configmaps", "orkestra-ledger"),
        ("patch", "configmaps", "orkestra-ledger"),
        ("create", "events"),
        ("patch", "events"),
    }
    followed = set(own_rights("ns", "orkestra-katalog")) - set(found)
    assert {(r.resource, r.verbs, r.objects) for r in followed} == {
        ("configmaps", frozenset({"list", "watch"}), frozenset({"orkestra-katalog"}))
    }
