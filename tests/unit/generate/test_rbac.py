"""Roles and bindings: the fewest rules for all rights, each with its reasons."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from orkestra.cli import cli
from orkestra.generate.rbac import grants_of
from orkestra.operator.access import Right


def right(verbs: str, namespace: str = "", objects: str = "", subject: str = "e", resource: str = "secrets") -> Right:
    return Right("", resource, frozenset(verbs.split()), namespace, frozenset(objects.split()), subject, None, "it")


def told(*rights: Right) -> list[tuple[str, str, str]]:
    return [(g.namespace, ",".join(sorted(g.objects)), ",".join(sorted(g.verbs))) for g in grants_of(rights)]


def test_rights_on_one_resource_in_one_place_are_one_rule() -> None:
    assert told(right("get"), right("list watch")) == [("", "", "get,list,watch")]


def test_what_is_allowed_everywhere_is_not_said_again_for_a_namespace() -> None:
    assert told(right("list watch"), right("create list", "a")) == [("", "", "list,watch"), ("a", "", "create")]


def test_what_is_allowed_for_any_name_is_not_said_again_for_one() -> None:
    assert told(right("list", "a"), right("list watch", "a", "x")) == [("a", "", "list"), ("a", "x", "watch")]


def test_names_in_all_namespaces_do_not_cover_all_names_of_one() -> None:
    assert told(right("list", "", "x"), right("list", "a")) == [("", "x", "list"), ("a", "", "list")]


def test_the_order_is_that_of_the_resources_and_not_of_the_entries() -> None:
    rights = [right("get", resource="b"), right("get", "z"), right("get", resource="a")]
    assert grants_of(rights) == grants_of(reversed(rights))


KATALOG = """
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shops}
spec:
  crds:
    shop:
      apiTypes: {group: demo.io, version: v1, kind: Shop, plural: shops}
      namespace: shops
      operatorBox:
        onReconcile:
          configMaps: [{data: {k: v}}]
          custom: [{apiVersion: other.io/v1, kind: Policy, metadata: {name: p}}]
"""


@pytest.fixture
def katalog(tmp_path: Path) -> Path:
    path = tmp_path / "katalog.yaml"
    path.write_text(KATALOG)
    return path


def run(*arguments: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, ["generate", "rbac", *map(str, arguments)], standalone_mode=False)
    code = done.return_value if isinstance(done.return_value, int) else 2
    return code, done.stdout, f"{done.stderr}{done.exception or ''}"


def test_the_file_is_the_same_wherever_it_is_made(katalog: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run("-f", katalog)
    monkeypatch.chdir(katalog.parent)
    assert run("-f", "katalog.yaml") == first
    assert "  # shop.onReconcile.configMaps[0] (katalog.yaml:12): its children\n" in first[1]


def test_an_entry_of_one_namespace_gets_no_cluster_role(katalog: Path) -> None:
    kinds = [(doc["kind"], doc["metadata"].get("namespace")) for doc in yaml.safe_load_all(run("-f", katalog)[1])]
    assert kinds == [
        ("Role", "orkestra-system"),
        ("RoleBinding", "orkestra-system"),
        ("Role", "shops"),
        ("RoleBinding", "shops"),
    ]


def test_no_wildcard_is_ever_written(katalog: Path) -> None:
    for doc in yaml.safe_load_all(run("-f", katalog)[1]):
        for rule in doc.get("rules", ()):
            assert "*" not in [*rule["apiGroups"], *rule["resources"], *rule["verbs"]]


def test_a_plural_nobody_tells_is_guessed_and_told_unless_a_crd_says_it(katalog: Path, tmp_path: Path) -> None:
    code, out, err = run("-f", katalog)
    assert (code, "policies" in out) == (0, True)
    assert "other.io/v1, Kind=Policy" in err and "'policies'" in err
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "spec": {
            "group": "other.io",
            "names": {"kind": "Policy", "plural": "policyset"},
            "scope": "Cluster",
            "versions": [{"name": "v1", "served": True, "storage": True}],
        },
    }
    (tmp_path / "crd.yaml").write_text(yaml.safe_dump(crd))
    code, out, err = run("-f", katalog, "--crd", tmp_path / "crd.yaml")
    assert (code, err) == (0, "")
    assert [doc["kind"] for doc in yaml.safe_load_all(out)][:2] == ["ClusterRole", "ClusterRoleBinding"]
    assert "[policyset]" in out


def test_check_tells_what_is_out_of_date_and_writes_nothing(katalog: Path, tmp_path: Path) -> None:
    made = tmp_path / "made" / "rbac.yaml"
    assert run("-f", katalog, "-o", made)[0] == 0
    assert run("-f", katalog, "-o", made, "--check")[:2] == (0, "")
    katalog.write_text(KATALOG.replace("configMaps", "secrets"))
    before = made.read_bytes()
    code, out, err = run("-f", katalog, "-o", made, "--check")
    assert code == 1 and made.read_bytes() == before
    assert "-    resources: [configmaps]\n" in out and "+    resources: [secrets]\n" in out
    assert "not up to date" in err


@pytest.mark.parametrize("more", [["--check"], ["--check", "-o", "absent.yaml"]])
def test_check_without_a_file_cannot_run(katalog: Path, more: list[str]) -> None:
    code, _, err = run("-f", katalog, *more)
    assert code == 2 and ("--output" in err or "absent.yaml: no such file" in err)


def test_accounts_are_as_asked(katalog: Path) -> None:
    out = run("-f", katalog, "-n", "ops", "--service-account", "ork", "--name", "second")[1]
    for doc in yaml.safe_load_all(out):
        assert doc["metadata"]["name"] == "second"
        if "subjects" in doc:
            assert doc["subjects"] == [{"kind": "ServiceAccount", "name": "ork", "namespace": "ops"}]
