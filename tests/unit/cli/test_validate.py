"""``ork validate``: which files, which exit code, what is printed."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orkestra.cli.validate import command
from orkestra.cli.validation import progress, runs
from orkestra.cli.validation.changes import run_on_changes
from orkestra.cli.validation.files import Candidate, is_ours
from orkestra.cli.validation.progress import Progress
from orkestra.cli.validation.runs import Request, validate
from orkestra.cli.validation.severities import Severities

GOOD = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop}
spec:
  crds:
    website:
      apiTypes: {group: shop.io, version: v1, kind: Website, plural: websites}
      operatorBox:
        onReconcile:
          deployments: [{image: "{{ .spec.image }}"}]
"""
WARNED = GOOD.replace("deployments: [{", "statefulSets: [{rollingUpdate: {maxSurge: 1}, ")
WRONG = GOOD.replace("image:", "imgae: x, image:", 1)
OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: |\n    apiVersion: orkestra.orkspace.io/v1\n"
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: websites.shop.io}
spec:
  group: shop.io
  names: {kind: Website, plural: websites}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {img: {type: string}}}}}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KATALOG_PATH", raising=False)
    return tmp_path


def write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text)


def ork(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(command, arguments, input=stdin, standalone_mode=False)


def code_of(result: Result) -> int:
    """The exit code ``ork`` would end with."""
    if result.exception is None:
        return int(result.return_value)
    return int(result.exception.exit_code)  # type: ignore[attr-defined]  # every ClickException has one


def files_in(result: Result) -> list[str]:
    return list(json.loads(result.stdout)["files"])


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (GOOD, (), 0),
        (GOOD, ("--strict",), 0),
        (WARNED, (), 0),
        (WARNED, ("--strict",), 1),
        (WARNED, ("--strict", "--severity", "ORK1502=note"), 0),
        (WRONG, (), 1),
        (WRONG, ("--severity", "ORK1101=warning"), 0),
        (WRONG, ("--severity", "ORK1101=ignore", "--strict"), 0),
    ],
)
def test_exit_code(text: str, options: tuple[str, ...], code: int) -> None:
    write("katalog.yaml", text)
    for form in ("human", "json", "sarif", "junit", "github"):
        assert code_of(ork(*options, "-o", form)) == code


@pytest.mark.parametrize(
    "arguments",
    [
        ("absent.yaml",),
        ("absent/...",),
        ("*.nothing",),
        ("other.yaml",),
        ("-f", "absent.yaml"),
        (),
        ("--crd", "x", "."),
    ],
)
def test_what_cannot_run_ends_with_2(arguments: tuple[str, ...]) -> None:
    write("other.yaml", OTHER)
    result = ork(*arguments)
    assert code_of(result) == 2
    assert result.stdout == ""


def test_directories_patterns_and_files_are_found_once_and_in_order() -> None:
    for name in ("b/z.yaml", "b/a.yml", "a/deep/er/k.yaml", "b/.hidden/k.yaml", "b/node_modules/k.yaml", "b/k.txt"):
        write(name, GOOD)
    write("b/other.yaml", OTHER)
    everything = ["a/deep/er/k.yaml", "b/a.yml", "b/z.yaml"]
    assert files_in(ork("-o", "json", ".")) == everything
    assert files_in(ork("-o", "json", "./...")) == everything
    assert files_in(ork("-o", "json", "**/*.yaml", "b")) == ["a/deep/er/k.yaml", "b/z.yaml", "b/a.yml"]
    assert files_in(ork("-o", "json", "b/z.yaml", "b/...", "b/k.txt")) == ["b/z.yaml", "b/a.yml", "b/k.txt"]
    assert json.loads(ork("-o", "json", ".").stdout)["summary"]["skipped"] == 1


def test_files_below_the_working_directory_are_named_relative_to_it(folder: Path) -> None:
    write("shop/katalog.yaml", GOOD)
    assert files_in(ork("-o", "json", str(folder / "shop"))) == ["shop/katalog.yaml"]


def test_a_link_out_of_a_directory_is_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "katalog.yaml").write_text(WRONG)
    write("apps/katalog.yaml", GOOD)
    (folder / "apps" / "link").symlink_to(outside)
    (folder / "apps" / "loop").symlink_to(folder)
    assert files_in(ork("-o", "json", "apps")) == ["apps/katalog.yaml"]


def test_a_file_named_with_the_option_is_judged_whatever_it_is() -> None:
    write("other.yaml", OTHER)
    result = ork("-f", "other.yaml")
    assert code_of(result) == 1
    assert "ORK1109" in result.stdout


def test_standard_input() -> None:
    assert code_of(ork("-", stdin=GOOD)) == 0
    result = ork("-", stdin=WRONG)
    assert result.stdout.startswith("<stdin>:10:26: error[ORK1101]")
    assert code_of(ork("-", "--watch", stdin=GOOD)) == 2
    assert code_of(ork("-f", "-", stdin=b"\xff\xfe\x00")) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD, True),
        ('{"apiVersion": "orkestra.orkspace.io/v1"}', True),
        ('{\n  "kind": "Komposer"}', True),
        ("# c\n---\nkind: Katalog\n", True),
        ("apiVersion: orkestra.konductor.io/v1Alpha\n", True),
        (OTHER, False),
        ("kind: Kataloge\n", False),
        ("", False),
    ],
)
def test_what_says_it_is_ours(text: str, expected: bool) -> None:
    assert is_ours(text.encode()) is expected
    assert is_ours(b"\xef\xbb\xbf" + text.encode()) is (expected and not text.startswith("{")) or text.startswith("{")


def test_crds_given_beside_type_the_templates() -> None:
    write("katalog.yaml", GOOD)
    write("crds/website.yaml", CRD)
    assert code_of(ork("katalog.yaml")) == 0
    result = ork("katalog.yaml", "--crd", "crds")
    assert code_of(result) == 1
    assert "katalog.yaml:10:37: error[ORK1305]: spec.image: the CRD's schema has no image in spec" in result.stdout


def test_crds_and_api_types_must_agree() -> None:
    write("katalog.yaml", GOOD.replace("plural: websites", "plural: sites"))
    write("crd.yaml", CRD)
    assert "ORK1114" in ork("katalog.yaml", "--crd", "crd.yaml").stdout


@pytest.mark.parametrize("text", ["a: [", "kind: CustomResourceDefinition\nspec: {}\n", "a: b\n", ""])
def test_crds_that_cannot_be_used_end_the_run(text: str) -> None:
    write("katalog.yaml", GOOD)
    write("crd.yaml", text)
    result = ork("katalog.yaml", "--crd", "crd.yaml")
    assert code_of(result) == 2
    assert "--crd" in result.exception.message  # type: ignore[union-attr]  # a CannotRun


def test_processes_find_the_same_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(60):
        write(f"apps/{n:02}.yaml", (GOOD, WRONG, WARNED, OTHER)[n % 4])
    write("crd.yaml", CRD)
    alone = ork("apps", "-o", "json", "--crd", "crd.yaml").stdout
    started: list[int] = []
    in_processes = runs._in_processes
    monkeypatch.setattr(runs, "PARALLEL_FROM", 10)
    monkeypatch.setattr(runs, "_in_processes", lambda *call: started.append(1) or in_processes(*call))
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert ork("apps", "-o", "json", "--crd", "crd.yaml").stdout == alone
    assert started


def test_colour_is_for_terminals_only() -> None:
    write("katalog.yaml", WRONG)
    assert "\x1b" not in ork().stdout


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "wait", "is_told"), [(Terminal, 0.0, True), (Terminal, 60.0, False), (io.StringIO, 0.0, False)]
)
def test_progress_is_told_on_terminals_when_it_takes_long(
    stream: Callable[[], io.StringIO], wait: float, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "AFTER_SECONDS", wait)
    told = stream()
    shown = Progress(told)
    shown.show(1, 2000)
    shown.clear()
    assert ("1 of 2,000 files" in told.getvalue()) is is_told
    assert not told.getvalue() or told.getvalue().endswith("\r\x1b[K")


def test_watching_runs_again_on_a_change_only(folder: Path) -> None:
    write("katalog.yaml", GOOD)
    write("website.yaml", CRD)
    runs_seen: list[int] = []
    steps = iter(
        [lambda: None, lambda: write("katalog.yaml", WRONG), lambda: None, lambda: Path("website.yaml").unlink()]
    )

    def sleep(_seconds: float) -> None:
        step = next(steps, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    run_on_changes(lambda: runs_seen.append(1), lambda: ["katalog.yaml", "website.yaml"], sleep=sleep)
    assert len(runs_seen) == 3


def test_what_a_run_names_for_the_first_time_makes_no_second_run() -> None:
    write("a.yaml", "1")
    write("b.yaml", "1")
    known = ["a.yaml"]
    changes = iter([lambda: None, lambda: write("b.yaml", "22"), lambda: None])
    runs: list[tuple[str, ...]] = []

    def run() -> None:
        known[:] = ["a.yaml", "b.yaml"]
        runs.append(tuple(known))

    def sleep(_seconds: float) -> None:
        change = next(changes, None)
        if change is None:
            raise KeyboardInterrupt
        change()

    run_on_changes(run, lambda: known, sleep=sleep)
    assert len(runs) == 2


WOVEN = {
    "komposer.yaml": """\
apiVersion: orkestra.orkspace.io/v1
kind: Komposer
metadata: {name: all}
imports: {files: [base/katalog.yaml, late.yaml]}
""",
    "base/katalog.yaml": """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: base}
spec:
  crds:
    website:
      crdFile: ../crds/website.yaml
      operatorBox:
        reconciler: {include: parts/reconciler.yaml}
""",
    "base/parts/reconciler.yaml": "workers: 2\n",
}


@pytest.mark.parametrize("processes", [1, 2])
def test_all_a_definition_is_made_of_is_named_there_or_not(processes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orkestra.cli.validation.runs.PARALLEL_FROM", 2)
    monkeypatch.setattr("orkestra.cli.validation.runs._CHUNK", 1)
    for name, text in WOVEN.items():
        write(name, text)
    write("other.yaml", GOOD)
    named: set[str] = set()
    found = [Candidate("komposer.yaml"), Candidate("other.yaml")]
    report = validate(Request(found, Severities(), {}, processes=processes, named=named), Progress())
    assert {each.code for each in report.findings} >= {"ORK1016"}
    assert named == {
        "komposer.lock",
        "late.yaml",
        "base/katalog.yaml",
        "base/parts/reconciler.yaml",
        "crds/website.yaml",
    }


@pytest.mark.parametrize("form", ["human", "json", "sarif", "junit", "github"])
def test_names_that_are_no_text_break_no_form(form: str, folder: Path) -> None:
    name = os.fsdecode(b"a\xff\n%,b.yaml")
    try:
        (folder / name).write_text(WRONG)
    except OSError:
        pytest.skip("the file system takes text only")
    result = ork("-o", form, ".")
    assert code_of(result) == 1
    assert "ORK1101" in result.stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_without_unicode_breaks_nothing(encoding: str, folder: Path) -> None:
    write("katalog.yaml", GOOD.replace("shop.io", "shöp→"))
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    command_line = [sys.executable, "-m", "orkestra.cli", "validate"]
    result = subprocess.run(command_line, cwd=folder, env=environment, capture_output=True, timeout=150)
    assert result.returncode in (0, 1)
    assert b"Traceback" not in result.stderr
    assert b"1 file checked" in result.stdout


def test_files_that_cannot_be_read_are_told_and_the_rest_is_judged(folder: Path) -> None:
    write("a.yaml", GOOD)
    (folder / "b.yaml").symlink_to("nowhere.yaml")
    os.mkfifo(folder / "c.yaml")
    (folder / "d.yaml").write_bytes(GOOD.encode("utf-16"))
    (folder / "e.yaml").write_bytes(b"kind: Katalog\x00")
    result = ork("-o", "json", ".")
    assert [(found["file"], found["code"]) for found in json.loads(result.stdout)["findings"]] == [
        ("b.yaml", "ORK1016"),
        ("c.yaml", "ORK1016"),
        ("d.yaml", "ORK1010"),
        ("e.yaml", "ORK1011"),
    ]


def test_a_file_beyond_the_limit_is_not_read_whole(folder: Path) -> None:
    with open("big.yaml", "wb") as file:
        file.write(GOOD.encode())
        file.truncate(200 << 20)
    result = ork("big.yaml")
    assert "ORK1009" in result.stdout


def test_a_motif_judged_by_itself_and_by_whoever_imports_it_is_told_of_once() -> None:
    head = "apiVersion: orkestra.orkspace.io/v1\nkind: {}\nmetadata: {{name: a}}\n"
    write("m.yaml", head.format("Motif") + "resources: {configMaps: [{name: '{{ .inputs.x }}'}]}\n")
    entry = "{apiTypes: {group: a.b, version: v1, kind: A, plural: as}, imports: [{motif: m.yaml}]}"
    for name in ("k.yaml", "l.yaml"):
        write(name, head.format("Katalog") + f"spec: {{crds: {{a: {entry}}}}}\n")
    found = json.loads(ork("m.yaml", "k.yaml", "l.yaml", "-o", "json").stdout)["findings"]
    assert [each["code"] for each in found] == ["ORK1208"]
