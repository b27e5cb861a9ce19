"""crdFile: what the CRD tells, what must agree, and how far a path may reach."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from orkestra.k8s.gvk import GVK
from orkestra.katalog import load
from tests.unit.katalog.katalogs import load_folder

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: websites.shop.example.com}
spec:
  group: shop.example.com
  names: {kind: Website, plural: websites}
  scope: Cluster
  versions:
  - {name: v1alpha1, served: false, storage: false, schema: &any {openAPIV3Schema: {type: object}}}
  - {name: v1beta1, served: true, storage: false, schema: *any}
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {data: {type: object}}}}
"""


def katalog(entry: str) -> str:
    head = "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: shop}\nspec:\n  crds:\n    website:\n"
    return head + "".join(f"      {line}\n" for line in entry.splitlines())


def codes(folder: Path, entry: str, **files: str) -> list[tuple[str, str]]:
    _, found = load_folder(folder, katalog=katalog(entry), **({"crd": CRD} | files))
    return [(d.code, str(d.span)) for d in found]


def test_a_crd_gives_what_api_types_leaves_out(tmp_path: Path) -> None:
    model, found = load_folder(tmp_path, katalog=katalog("crdFile: crd.yaml"), crd=CRD)
    assert model is not None, found
    (box,) = model.boxes
    assert box.gvk == GVK("shop.example.com", "v1", "Website")
    assert (box.plural, box.namespaced) == ("websites", False)
    assert box.crd is not None
    assert box.crd["metadata"]["name"] == "websites.shop.example.com"


def test_another_served_version_can_be_named(tmp_path: Path) -> None:
    model, _ = load_folder(
        tmp_path, katalog=katalog("crdFile: ./crd.yaml\napiTypes: {kind: Website, version: v1beta1}"), crd=CRD
    )
    assert model is not None
    assert model.boxes[0].gvk.version == "v1beta1"


def test_the_crd_is_part_of_the_revision(tmp_path: Path) -> None:
    revisions = set()
    for text in (CRD, CRD + "# changed\n"):
        model, _ = load_folder(tmp_path, katalog=katalog("crdFile: crd.yaml"), crd=text)
        assert model is not None
        revisions.add(model.revision)
    assert len(revisions) == 2
    assert all(len(r) == len(hashlib.sha256().hexdigest()) for r in revisions)


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ("crdFile: crd.yaml\napiTypes: {kind: Site}", "8:24"),
        ("crdFile: crd.yaml\napiTypes: {kind: Website, group: other.io}", "8:40"),
        ("crdFile: crd.yaml\napiTypes: {kind: Website, plural: sites}", "8:41"),
        ("crdFile: crd.yaml\napiTypes: {kind: Website, version: v1alpha1}", "8:42"),
        ("crdFile: crd.yaml\nnamespaced: true", "8:19"),
    ],
)
def test_crd_and_api_types_must_agree(tmp_path: Path, entry: str, place: str) -> None:
    assert codes(tmp_path, entry) == [("ORK1114", place)]


def test_one_of_several_crds_is_chosen_by_kind(tmp_path: Path) -> None:
    both = CRD + "---\n" + CRD.replace("Website", "Shop").replace("websites", "shops")
    assert codes(tmp_path, "crdFile: crd.yaml", crd=both) == [("ORK1113", "7:16")]
    model, _ = load_folder(tmp_path, katalog=katalog("crdFile: crd.yaml\napiTypes: {kind: Shop}"), crd=both)
    assert model is not None
    assert model.boxes[0].plural == "shops"


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("crdFile: ../outside.yaml", "ORK1112"),
        ("crdFile: /etc/passwd", "ORK1112"),
        ("crdFile: ~/crd.yaml", "ORK1112"),
        ("crdFile: link.yaml", "ORK1112"),
        ("crdFile: missing.yaml", "ORK1016"),
        ("crdFile: .", "ORK1016"),
        ('crdFile: "a\\0b"', "ORK1112"),
        ("crdFile: " + "x" * 5000, "ORK1016"),
        ("crdFile: https://example.com/crd.yaml", "ORK2010"),
        ('crdFile: "https:\\/\\/example.com\\/crd.yaml"', "ORK2010"),
        ("crdFile: https://me:secret@example.com/crd.yaml", "ORK1701"),
        ("crdFile: ftp://example.com/crd.yaml", "ORK2010"),
        ("crdFile: file:///etc/passwd", "ORK2010"),
        ("crdFile: katalog.yaml", "ORK1113"),
        ("crdFile: broken.yaml", "ORK1113"),
    ],
)
def test_what_a_crd_file_may_not_be(tmp_path: Path, entry: str, code: str) -> None:
    folder = tmp_path / "katalogs"
    folder.mkdir()
    (tmp_path / "outside.yaml").write_text(CRD)
    (folder / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (folder / "broken.yaml").write_text("kind: CustomResourceDefinition\nspec: {versions: 3}\n")
    assert [found for found, _ in codes(folder, entry)] == [code]


def test_a_path_may_climb_inside_the_work_tree(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "crds").mkdir()
    (tmp_path / "crds" / "crd.yaml").write_text(CRD)
    folder = tmp_path / "katalogs"
    folder.mkdir()
    (folder / "katalog.yaml").write_text(katalog("crdFile: ../crds/crd.yaml"))
    model, found = load(folder / "katalog.yaml")
    assert model is not None, found
    assert load(folder / "katalog.yaml", root=folder)[0] is None


def test_yaml_mistakes_in_the_crd_name_the_crd(tmp_path: Path) -> None:
    _, found = load_folder(tmp_path, katalog=katalog("crdFile: crd.yaml"), crd=CRD + "kind: Again\n")
    assert [(d.code, Path(d.file).name) for d in found] == [("ORK1003", "crd.yaml")]


def test_top_level_fields_of_the_crd_are_roots(tmp_path: Path) -> None:
    services = "{services: [{port: '{{ .data.port }}', labels: {a: '{{ .date.x }}'}}]}"
    entry = f"crdFile: crd.yaml\noperatorBox:\n  onReconcile: {services}"
    _, found = load_folder(tmp_path, katalog=katalog(entry), crd=CRD)
    assert [(d.code, d.hint) for d in found] == [("ORK1304", 'did you mean "data"?')]


def test_a_katalog_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, "a\0b", Path("/dev/zero")):
        model, found = load(path)
        assert model is None
        assert [d.code for d in found] == ["ORK1016"]
