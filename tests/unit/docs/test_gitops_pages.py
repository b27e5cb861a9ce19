"""docs/gitops/: commands run in order in a repository that ``ork init`` made; what a page shows of a file is in it.

``yaml`` blocks are excerpts, ``yml`` blocks are written by the reader; both begin with the file's name. ``text`` blocks
are a command and its output. kubectl and flux have no cluster here: their files, names and options are looked up.
kubectl gets one in ``tests/gitops/test_guides.py``.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft7Validator
from reference.metrics import metrics

from orkestra import __version__
from orkestra.cli import cli
from orkestra.gitops.health import LUA
from orkestra.gitops.lua import lua_runner
from orkestra.gitops.matrix import flux_status
from orkestra.gitops.repository import CHART_FOLDER, VALUES
from orkestra.operator.endpoints import _Endpoints
from orkestra.operator.outcome import Failure, Outcome, Reason
from orkestra.operator.status import next_status
from tests.unit.docs.pages import DOCS, ROOT, blocks, names, read, rows, section, spans, steps
from tests.unit.gitops.test_health import KATALOG

PAGES = sorted(f"gitops/{path.name}" for path in (DOCS / "gitops").glob("*.md"))
REMOTE = "https://git.example.com/platform.git"
KOMPOSER = "operator-definitions/overlays/production/komposer.yaml"
BASE = "operator-definitions/base/katalog.yaml"
FROM_NOTHING = {"gitops/argocd.md", "gitops/flux.md", "gitops/README.md"}
OF_ARGOCD = {"gitops/argocd.md"}
"""Pages whose reader has this tool's repository; the others are read beside Flux's."""
OPTIONS = {
    "kubectl apply": {"-f", "--server-side"},
    "kubectl auth": {"--as"},
    "kubectl delete": {"-f", "-n"},
    "kubectl describe": {"-n"},
    "kubectl get": {"-A", "-l", "-n", "-o", "-w", "--field-selector", "--raw"},
    "kubectl logs": {"-n"},
    "kubectl patch": {"-n", "-p", "--type"},
    "kubectl rollout": {"-n"},
    "kubectl wait": {"-A", "--all", "--for", "--timeout"},
    "flux reconcile": {"--with-source"},
}
ALWAYS_THERE = {"deployment", "pods", "events", "lease"}
_IDENTITY = {
    f"GIT_{who}_{what}": "platform@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}


def ork(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, list(arguments), standalone_mode=False)
    assert done.exception is None, f"{arguments}: {done.exception!r}"
    return done.return_value, done.output


def git(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, **_IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"git {arguments}: {done.stderr}{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tool -> a repository as the guides make it."""
    folder = tmp_path_factory.mktemp("made")
    for tool in ("argocd", "flux"):
        where = folder / tool
        ork("init", str(where), "--gitops", tool, "--repo", REMOTE, "--env", "staging", "--env", "production", "--yes")
        git(where, "init", "--initial-branch", "main")
        git(where, "add", "--all")
        git(where, "commit", "--message", "Begin")
    return {tool: folder / tool for tool in ("argocd", "flux")}


@pytest.fixture
def scratch(made: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Flux's repository, to work in."""
    return into(made["flux"], tmp_path / "scratch", monkeypatch)


def into(repository: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(repository, folder)
    monkeypatch.chdir(folder)
    return folder


def age_chart(folder: Path) -> None:
    """The repository's chart is one of an older version."""
    chart = folder / CHART_FOLDER / "Chart.yaml"
    chart.write_text(chart.read_text().replace(__version__, "0.0.9"))
    git(folder, "commit", "--all", "--message", "As it was")


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_files_of_a_page(
    page: str, made: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if page in FROM_NOTHING:
        folder = tmp_path / "empty"
        folder.mkdir()
        monkeypatch.chdir(folder)
    else:
        folder = into(made["argocd" if page in OF_ARGOCD else "flux"], tmp_path / "scratch", monkeypatch)
        age_chart(folder)
        (folder / "katalog.yaml").write_text(KATALOG)
    for language, text in steps(page):
        if language == "sh":
            follow(folder, text)
        elif language == "yaml":
            is_shown(folder, text)
        elif language == "yml":
            name, body = named(text)
            assert (folder / name).is_file(), f"{name} is changed, so it has to be there"
            (folder / name).write_text(body)
        elif language == "text":
            command, _, output = text.partition("\n")
            assert command.startswith("$ ork "), command
            assert ork(*shlex.split(command)[2:]) == (1 if "error[" in output else 0, output)
        else:
            assert (language, text in LUA) == ("lua", True)
    if (folder / VALUES).exists():
        schema = json.loads((folder / CHART_FOLDER / "values.schema.json").read_text())
        assert not list(Draft7Validator(schema).iter_errors(yaml.safe_load((folder / VALUES).read_text())))


def follow(folder: Path, line: str) -> None:
    """Run a command where it can be; else look up what it names."""
    words = shlex.split(line, comments=True)
    target = ""
    if ">" in words:
        at = words.index(">")
        words, target = words[:at], words[at + 1]
    if words[0] == "ork":
        code, output = ork(*words[1:])
        assert code == 0, f"{line}: {output}"
        if target:
            (folder / target).write_text(output)
    elif words[:2] == ["git", "push"]:
        assert words[2:] in ([], ["--set-upstream", "origin", "main"]), line
    elif words[0] == "git":
        git(folder, *words[1:])
    else:
        is_possible(folder, words)


def is_possible(folder: Path, words: list[str]) -> None:
    known = OPTIONS[" ".join(words[:2])]
    texts = [path.read_text() for path in folder.rglob("*.yaml")]
    kinds = {kind.lower() for text in texts for kind in re.findall(r"^ *kind: (\w+)", text, re.MULTILINE)}
    kinds |= {f"{kind}s" for kind in kinds} | ALWAYS_THERE
    plain: list[str] = []
    rest = iter(words[2:])
    for word in rest:
        option, _, value = word.partition("=")
        if not word.startswith("-"):
            plain.append(word)
            continue
        assert option in known, f"{words}: {option}"
        if option in ("-n", "-f", "-l", "-o", "-p", "--raw", "--field-selector"):
            value = value or next(rest)
        if option == "-f":
            assert (folder / value).is_file(), f"{words}: {value}"
        elif option == "-n":
            assert is_named(value, texts), f"{words}: {value}"
    if words[1] in ("rollout", "auth"):
        plain = plain[1:] if words[1] == "rollout" else []
    if plain:
        kind, *rest_of = plain[0].split("/") + plain[1:]
        assert kind in kinds, f"{words}: {kind}"
        assert all(is_named(name, texts) for name in rest_of), f"{words}: {rest_of}"


def is_named(name: str, texts: list[str]) -> bool:
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) for text in texts)


def named(text: str) -> tuple[str, str]:
    """The file a block is of, and its content."""
    first, _, body = text.partition("\n")
    return first.removeprefix("# "), body


def is_shown(folder: Path, text: str) -> None:
    """An excerpt is part of one document of its file. What names no file is part of a CRD's schema, or ``env``, which
    has a test of its own."""
    name, body = named(text)
    if text.startswith("env:"):
        return
    if text.startswith("status:"):
        name, body = "operator-definitions/base/crds/website.yaml", text
    wanted = yaml.load(body, yaml.BaseLoader)
    documents = list(yaml.load_all((folder / name).read_text(), yaml.BaseLoader))
    if body == text:
        documents = [version["schema"]["openAPIV3Schema"]["properties"] for version in documents[0]["spec"]["versions"]]
    assert any(is_part(wanted, document) for document in documents), f"{name} has no such part:\n{body}"


def is_part(wanted: Any, whole: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(whole, dict) and all(key in whole and is_part(wanted[key], whole[key]) for key in wanted)
    if isinstance(wanted, list):
        rest = iter(whole if isinstance(whole, list) else ())
        return all(any(is_part(item, found) for found in rest) for item in wanted)
    return bool(wanted == whole)


def test_parts_are_told_from_what_is_none() -> None:
    whole = {"a": [{"b": "1", "c": "2"}, "x"]}
    assert is_part({"a": [{"c": "2"}]}, whole) and is_part({"a": ["x"]}, whole)
    assert not is_part({"a": ["x", {"c": "2"}]}, whole), "the order counts"
    assert not is_part({"a": [{"c": "3"}]}, whole) and not is_part({"d": {}}, whole)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl here")
def test_options_are_kubectl_s() -> None:
    def told(*words: str) -> str:
        return subprocess.run(["kubectl", *words], capture_output=True, text=True, check=True).stdout

    of_all = told("options")
    for command in (name for name in OPTIONS if name.startswith("kubectl ")):
        verb = [*command.split()[1:], *{"kubectl auth": ["can-i"], "kubectl rollout": ["status"]}.get(command, [])]
        text = told(*verb, "--help") + of_all
        for option in OPTIONS[command]:
            assert re.search(rf"(?:^|\s){option}[,=\s]", text), f"{command} has no {option}"


def test_an_upgrade_is_a_commit_and_its_revert_the_way_back(scratch: Path) -> None:
    age_chart(scratch)
    chart = scratch / CHART_FOLDER / "Chart.yaml"
    before = git(scratch, "rev-parse", "HEAD^{tree}")
    for language, text in steps("gitops/upgrade.md"):
        if language == "yml":
            name, body = named(text)
            (scratch / name).write_text(body)
        elif language == "sh":
            if text.startswith("git revert"):
                assert __version__ in chart.read_text() and git(scratch, "status", "--porcelain") == ""
                assert "workers: 2" in (scratch / Path(KOMPOSER).parent / "deploy/katalog-configmap.yaml").read_text()
            follow(scratch, text)
    assert git(scratch, "rev-parse", "HEAD^{tree}") == before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("      operatorBox:\n", "      dependsOn: {website: healthy}\n      operatorBox:\n", "website"),
        ("          services:\n", "          servces:\n", "servces"),
        ("{{ .spec.image }}", "{{ .spec.imag }}", "imag"),
        ("{{ .spec.image }}", "{{ .spec.image ", "template"),
    ],
    ids=["circular dependency", "unknown kind", "field that is not there", "template that does not parse"],
)
def test_pull_requests_find_what_the_pages_say(old: str, new: str, said: str, scratch: Path) -> None:
    path = scratch / BASE
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    code, output = ork("validate", "--file", KOMPOSER, "--output", "github")
    assert code == 1
    assert f"file={BASE}" in output and said in output


def test_validation_opens_no_connection(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert ork("validate", "--file", KOMPOSER)[0] == 0


@pytest.mark.parametrize("page", ["gitops/argocd.md", "gitops/flux.md"])
def test_secrets_are_named_and_never_written(page: str, scratch: Path) -> None:
    (shown,) = [block for block in blocks(read(page), "yaml") if block.startswith("env:")]
    path, before = scratch / BASE, (scratch / BASE).read_text()

    def judged(env: str) -> tuple[int, str]:
        lines = "".join(f"              {line}\n" for line in env.splitlines())
        port = '              port: "8080"\n'
        path.write_text(before.replace(port, port + lines))
        assert path.read_text() != before
        return ork("validate", "--file", KOMPOSER)

    assert judged(shown)[0] == 0
    code, output = judged('env: [{name: DATABASE_PASSWORD, value: "hunter2-is-no-secret"}]')
    assert code == 1 and "ORK1701" in output


def test_ork_is_installed_by_the_interpreter_its_installer_is_written_for(made: dict[str, Path]) -> None:
    shell = (ROOT / "install.sh").read_text().splitlines()[0].split()[-1]
    for folder in made.values():
        (line,) = [
            line for line in (folder / ".github/workflows/validate.yaml").read_text().splitlines() if "curl" in line
        ]
        assert f"| {shell} -s -- " in line


def outcome_of(reason: Reason) -> Outcome:
    """How the runtime comes to a reason; which failures are tried again is as the reconciler says."""
    found = {
        Reason.SUCCEEDED: Outcome(),
        Reason.PROGRESSING: Outcome(waiting=["Deployment shop: 1 of 3 replicas are available"]),
        Reason.CHILD_FAILED: Outcome(failed_children=["Deployment shop: it has not progressed"]),
    }.get(reason)
    is_retried = reason in (Reason.ERROR, Reason.FORBIDDEN)
    return found or Outcome(failures=[Failure(reason, "because", is_retried=is_retried)])


def test_the_tools_show_of_each_reason_what_the_table_says() -> None:
    from datetime import UTC, datetime

    table = rows(section(read("gitops/troubleshooting.md"), "By reason"))
    assert [spans(row[0])[0] for row in table] == [reason.value for reason in Reason]
    lua = lua_runner()
    for row in table:
        status = next_status(
            {}, outcome_of(Reason(spans(row[0])[0])), generation=1, now=datetime(2026, 1, 1, tzinfo=UTC)
        )
        obj = {"metadata": {"name": "shop", "generation": 1}, "status": status}
        assert row[1:3] == [lua(LUA, obj), flux_status(obj)[0]], row


def test_names_of_the_runtime_are_its_own() -> None:
    text = "".join(read(page) for page in PAGES)
    known = {metric.name for metric in metrics()}
    assert set(re.findall(r"\b(?:orkestra|controller)_[a-z_]+", text)) <= known
    served = {re.sub(r"\{\w+\}", "website", route) for route in _Endpoints(None).routes()}  # type: ignore[arg-type]
    service = "/api/v1/namespaces/orkestra-system/services/orkestra:http/proxy"
    asked = [words.split("--raw ")[1] for page in PAGES for _, words in steps(page) if "--raw " in words]
    assert asked and {path.removeprefix(service) for path in asked} <= served
    told = set(names(section(read("conditions.md"), "Events")))
    assert set(re.findall(r"reason=(\w+)", text)) <= told


def test_flux_layers_are_taken_away_as_the_judge_takes_them() -> None:
    tree = ast.parse((ROOT / "tests/gitops/test_flux.py").read_text())
    (layers,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LAYERS"
    ]
    deleted = re.findall(r"kubectl delete kustomization (\S+)", read("gitops/flux.md"))
    assert deleted == list(reversed(layers))


def test_every_promise_is_proven_by_tests_that_exist() -> None:
    table = rows(section(read("gitops/README.md"), "What is promised, and what proves it"))
    assert len(table) >= 20
    for row in table:
        assert spans(row[1]), row[0]
    for name in names(read("gitops/README.md"), 1):
        file, _, function = name.partition("::")
        tree = ast.parse((ROOT / file).read_text())
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert function in defined, name


def test_every_page_is_in_the_index() -> None:
    index = read("gitops/README.md")
    for page in PAGES:
        name = page.removeprefix("gitops/")
        assert name == "README.md" or f"({name})" in index, name
