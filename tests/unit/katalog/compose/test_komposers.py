"""Komposers: imports, precedence, overrides, and what clashes."""

from __future__ import annotations

from pathlib import Path

from tests.unit.katalog.compose.trees import entry, findings, katalog, komposer, loaded, merged, places, write

BOX = "reconciler: {workers: 4, resync: 1m}\nonReconcile: {services: [{port: 80}, {name: b, port: 81}]}"


def test_overrides_win_field_by_field_and_lists_are_replaced(tmp_path: Path) -> None:
    write(
        tmp_path,
        base=katalog(entry("Site", BOX, "description: base") + entry("Page", BOX)),
        komposer=komposer(
            """
            imports: {files: [base.yaml]}
            spec:
              crds:
                site:
                  operatorBox:
                    reconciler: {workers: 9}
                    onReconcile: {services: [{port: 90}]}
                page: {enabled: false, description: null}
            """
        ),
    )
    whole = loaded(tmp_path / "komposer.yaml")
    site, page = whole.boxes
    assert whole.name == "all"
    assert (site.name, site.workers, site.resync_seconds, site.description) == ("site", 9, 60.0, "base")
    assert len(site.on_reconcile.entries) == 1
    assert (page.enabled, page.workers, len(page.on_reconcile.entries)) == (False, 4, 2)


def test_null_takes_a_value_away(tmp_path: Path) -> None:
    write(
        tmp_path,
        base=katalog(entry("Site", BOX, "namespace: a")),
        komposer=komposer("imports: {files: [base.yaml]}\nspec: {crds: {site: {namespace: null}}}\n"),
    )
    assert "namespace" not in merged(tmp_path / "komposer.yaml")["spec"]["crds"]["site"]


def test_one_name_from_two_imports_is_an_error_at_the_later_import(tmp_path: Path) -> None:
    write(
        tmp_path,
        a=katalog(entry("Site", BOX)),
        b=katalog(entry("Site", BOX)),
        komposer=komposer("imports:\n  files:\n    - a.yaml\n    - b.yaml\n"),
    )
    found = findings(tmp_path / "komposer.yaml")
    assert places(found) == [("ORK2002", "komposer.yaml", "7:7")]
    assert [(Path(r.file).name, r.span.line) for r in found[0].related] == [
        ("komposer.yaml", 6),
        ("a.yaml", 6),
        ("b.yaml", 6),
    ]
    assert found[0].related[0].quote == "    - a.yaml"


def test_an_override_of_nothing_is_an_error_unless_an_import_is_missing(tmp_path: Path) -> None:
    write(
        tmp_path,
        base=katalog(entry("Site", BOX)),
        komposer=komposer("imports: {files: [base.yaml]}\nspec: {crds: {sites: {enabled: false}}}\n"),
        other=komposer("imports: {files: [gone.yaml]}\nspec: {crds: {sites: {enabled: false}}}\n"),
    )
    found = findings(tmp_path / "komposer.yaml")
    assert places(found) == [("ORK2003", "komposer.yaml", "5:15")]
    assert found[0].hint == 'did you mean "site"?'
    assert [code for code, *_ in places(findings(tmp_path / "other.yaml"))] == ["ORK1016"]


def test_findings_in_imports_and_overrides_name_their_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        base=katalog(entry("Site", "reconciler: {worker: 3}")),
        komposer=komposer(
            "imports: {files: [base.yaml]}\nspec: {crds: {site: {operatorBox: {reconciler: {workers: many}}}}}\n"
        ),
    )
    assert places(findings(tmp_path / "komposer.yaml")) == [
        ("ORK1101", "base.yaml", "9:22"),
        ("ORK1102", "komposer.yaml", "5:58"),
    ]


def test_komposers_come_only_by_use_komposer_and_katalogs_only_import_nothing(tmp_path: Path) -> None:
    write(
        tmp_path,
        base=katalog(entry("Site")),
        inner=komposer("imports: {files: [base.yaml]}\n"),
        outer=komposer("imports: {files: [inner.yaml]}\n"),
        wrong=katalog(entry("Site"), rest="imports: {files: [base.yaml]}\n"),
    )
    found = findings(tmp_path / "outer.yaml")
    assert [(f.code, f.hint) for f in found] == [
        ("ORK2004", "a Komposer is imported from a registry, with useKomposer: true")
    ]
    assert [f.code for f in findings(tmp_path / "wrong.yaml") if f.is_error] == ["ORK2004"]


def test_an_import_from_nowhere_is_told_as_that_alone(tmp_path: Path) -> None:
    for row in ("{}", "{useKomposer: true}"):
        write(tmp_path, komposer=komposer(f"imports: {{registry: [{row}]}}\n"))
        assert [each.code for each in findings(tmp_path / "komposer.yaml")] == ["ORK1103"]


def test_a_file_may_be_named_by_a_variable(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    write(
        tmp_path,
        base=katalog(entry("Site")),
        komposer=komposer("imports: {files: [$BASE_FILE, '${OTHER_FILE}']}\n"),
    )
    monkeypatch.setenv("BASE_FILE", "base.yaml")
    monkeypatch.delenv("OTHER_FILE", raising=False)
    found = findings(tmp_path / "komposer.yaml")
    assert [(f.code, f.message) for f in found] == [
        ("ORK2008", "imports.files[1]: the environment variable OTHER_FILE is not set")
    ]


def test_what_stands_beside_the_entries_is_united_and_the_komposer_wins(tmp_path: Path) -> None:
    write(
        tmp_path,
        a=katalog(
            entry("Site"),
            rest="""
            notification: {enabled: true, teams: {web: {email: [a@example.com]}}}
            security: {serviceName: a}
            providers: [{name: aws, required: true}]
            notes: {functions: [{name: one, expression: '"a"'}]}
            """,
        ),
        b=katalog(
            entry("Page"),
            rest="""
            notification: {teams: {ops: {email: [b@example.com]}}}
            providers: [{name: mongodb, required: false}]
            notes: {functions: [{name: two, expression: '"b"'}, {name: one, expression: '"a"'}]}
            """,
        ),
        komposer=komposer(
            """
            imports: {files: [a.yaml, b.yaml]}
            security: {serviceName: own}
            notification: {teams: {web: {interval: 5m}}}
            notes: {functions: [{name: two, expression: '"own"'}]}
            """
        ),
    )
    found = merged(tmp_path / "komposer.yaml")
    assert found["kind"] == "Katalog"
    assert found["security"] == {"serviceName": "own"}
    assert found["notification"]["teams"].keys() == {"web", "ops"}
    assert found["notification"]["teams"]["web"] == {"email": ["a@example.com"], "interval": "5m"}
    assert [p["name"] for p in found["providers"]] == ["aws", "mongodb"]
    assert {f["name"]: f["expression"] for f in found["notes"]["functions"]} == {"one": '"a"', "two": '"own"'}


def test_imports_that_disagree_are_told_unless_the_komposer_decides(tmp_path: Path) -> None:
    write(
        tmp_path,
        a=katalog(entry("Site"), rest="notes: {functions: [{name: one, expression: '\"a\"'}]}\n"),
        b=katalog(entry("Page"), rest="notes: {functions: [{name: one, expression: '\"b\"'}]}\n"),
        komposer=komposer("imports: {files: [a.yaml, b.yaml]}\n"),
    )
    found = findings(tmp_path / "komposer.yaml")
    assert [(f.code, Path(f.file).name, f.message) for f in found if f.is_error] == [
        ("ORK2007", "b.yaml", "notes.functions.one.expression: two imports disagree")
    ]


def test_finalizers_and_access_of_a_katalog_stay_with_its_entries(tmp_path: Path) -> None:
    write(
        tmp_path,
        a=katalog(entry("Site", "finalizers: [x/own]"), rest="crossAccess: false\n").replace(
            "spec:\n", "spec:\n  finalizers: [x/all]\n", 1
        ),
        b=katalog(entry("Page")),
        komposer=komposer("imports: {files: [a.yaml, b.yaml]}\n"),
    )
    crds = merged(tmp_path / "komposer.yaml")["spec"]["crds"]
    assert crds["site"]["operatorBox"]["finalizers"] == ["x/all", "x/own"]
    assert crds["site"]["crossAccess"] is False
    assert "operatorBox" not in crds["page"]


def test_the_revision_changes_with_every_file(tmp_path: Path) -> None:
    write(tmp_path, base=katalog(entry("Site")), komposer=komposer("imports: {files: [base.yaml]}\n"))
    before = loaded(tmp_path / "komposer.yaml").revision
    (tmp_path / "base.yaml").write_text(katalog(entry("Site")) + "# more\n")
    assert loaded(tmp_path / "komposer.yaml").revision != before


def test_crd_files_are_found_from_the_file_that_names_them(tmp_path: Path) -> None:
    write(
        tmp_path,
        base__katalog=katalog("site: {crdFile: gone.yaml}\npage: {crdFile: gone.yaml}\n"),
        komposer=komposer("imports: {files: [base/katalog.yaml]}\nspec: {crds: {page: {crdFile: away.yaml}}}\n"),
    )
    assert [
        (f.code, Path(f.file).name, f.message.partition(":")[2].split()[0])
        for f in findings(tmp_path / "komposer.yaml")
    ] == [
        ("ORK1016", "katalog.yaml", "gone.yaml"),
        ("ORK1016", "komposer.yaml", "away.yaml"),
    ]
