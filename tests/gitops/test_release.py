"""What a release is made of, installed and used as users do: from a folder of files, by hash, without root's help."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from controlplane import cache_dir

pytestmark = pytest.mark.gitops
ROOT = Path(__file__).resolve().parents[2]
GOOD = (ROOT / "examples" / "website" / "katalog.yaml").read_text()
BAD = GOOD.replace("replicas:", "replica:")


@dataclass(frozen=True)
class Release:
    """The files of one release, and the packages it needs."""

    folder: Path
    wheels: Path

    @property
    def env(self) -> dict[str, str]:
        """No index: what is needed comes from a folder."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PYTHON": sys.executable}


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    lock = ROOT / "requirements" / "run.lock"
    wheels = cache_dir().parent / "wheels" / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    if not wheels.exists():
        fresh = wheels.with_name(f"{wheels.name}.{os.getpid()}")
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        run(*pip, "--require-hashes", "--only-binary", ":all:", "-r", lock, "-d", fresh)
        try:
            fresh.rename(wheels)
        except OSError:
            if not wheels.exists():  # else another worker of this run was sooner
                raise
            shutil.rmtree(fresh)
    folder = tmp_path_factory.mktemp("release")
    run(ROOT / "hack" / "release" / "build", sys.executable, folder)
    run(ROOT / "hack" / "release" / "stamp", folder)
    yield Release(folder, wheels)


def run(*command: str | Path, env: dict[str, str] | None = None, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    done = attempt(*command, env=env, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def attempt(
    *command: str | Path, env: dict[str, str] | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*map(str, command)], capture_output=True, text=True, timeout=110, env=env, cwd=cwd, check=False
    )


# -- the files ---------------------------------------------------------------------------------------------------
def test_the_same_commit_gives_the_same_bytes(release: Release, tmp_path: Path) -> None:
    run(ROOT / "hack" / "release" / "build", sys.executable, tmp_path / "again")
    assert (tmp_path / "again" / "SHA256SUMS").read_text() == (release.folder / "SHA256SUMS").read_text()


def test_versions_agree() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    run(ROOT / "hack" / "release" / "check", version[1])
    refused = attempt(ROOT / "hack" / "release" / "check", "9.9.9")
    assert refused.returncode == 1 and "install.sh: expected the line 'VERSION=9.9.9'" in refused.stderr


# -- install.sh --------------------------------------------------------------------------------------------------
def test_a_release_installs_into_a_folder_of_its_own_and_stays_when_the_next_fails(
    release: Release, tmp_path: Path
) -> None:
    prefix, binaries = tmp_path / "a folder", tmp_path / "bin"
    command = ["bash", release.folder / "install.sh", "--from", release.folder.as_uri()]
    command += ["--prefix", prefix, "--bin", binaries]
    assert "ork 0.1.0" in run(*command, env=release.env).stdout
    assert run(binaries / "ork", "validate", ROOT / "examples" / "website", env=release.env).returncode == 0
    failed = attempt(*command, env={**release.env, "PIP_FIND_LINKS": str(tmp_path)})
    assert failed.returncode == 1 and "cannot install what ork depends on" in failed.stderr
    assert "ork 0.1.0" in run(binaries / "ork", "--version").stdout
    assert [path.name for path in prefix.iterdir()] == ["0.1.0"]


def test_an_installer_without_a_digest_installs_nothing(release: Release, tmp_path: Path) -> None:
    command = ["bash", ROOT / "install.sh", "--from", release.folder, "--prefix", tmp_path / "p"]
    refused = attempt(*command, env=release.env)
    assert refused.returncode == 1 and "give --sha256" in refused.stderr
    assert "give --sha256" in attempt(*command, "--version", "9.9.9", env=release.env).stderr
    wrong = attempt(*command, "--sha256", "0" * 64, env=release.env)
    assert wrong.returncode == 1 and "SHA256SUMS is not the one that was pinned: nothing was installed" in wrong.stderr
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("name", ["orkestra-0.1.0-py3-none-any.whl", "run.lock"])
def test_a_file_that_was_changed_is_refused(release: Release, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(release.folder, folder)
    (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
    command = ["bash", folder / "install.sh", "--from", folder, "--prefix", tmp_path / "p", "--bin", tmp_path / "b"]
    refused = attempt(*command, env=release.env)
    assert refused.returncode == 1 and f"{name} is not what SHA256SUMS says: nothing was installed" in refused.stderr
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--nonsense"], 2, "unknown argument --nonsense"),
        (["--version"], 2, "--version needs a value"),
        (["--from", "absent", "--sha256", "0"], 1, "cannot get SHA256SUMS"),
        (["--version", "../x", "--sha256", "0"], 1, "not a version"),
    ],
)
def test_what_cannot_be_done_is_told(arguments: list[str], code: int, said: str, release: Release) -> None:
    refused = attempt("bash", ROOT / "install.sh", *arguments, env=release.env)
    assert refused.returncode == code and said in refused.stderr


# -- the step of a pull request ----------------------------------------------------------------------------------
def repository(folder: Path, katalog: str) -> Path:
    folder.mkdir()
    shutil.copy(ROOT / "examples" / "website" / "crd.yaml", folder)
    (folder / "katalog.yaml").write_text(katalog)
    return folder


@dataclass
class Runner:
    """The steps of the composite action, with the files a runner gives them."""

    release: Release
    temp: Path

    def step(self, number: int, folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
        action = yaml.safe_load((ROOT / "action.yml").read_text())
        values = {name: str(row.get("default", "")) for name, row in action["inputs"].items()} | inputs
        step = action["runs"]["steps"][number]
        assert step["shell"] == "bash" and "${{" not in step["run"], "inputs come by variables: they are not code"
        paths = self.temp / "paths"
        paths.touch()
        env = {**self.release.env, "RUNNER_TEMP": str(self.temp), "GITHUB_PATH": str(paths)}
        env["GITHUB_ACTION_PATH"] = str(ROOT)
        for name, text in step["env"].items():
            env[name] = re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: values[found[1]], str(text))
        env["PATH"] = os.pathsep.join([*reversed(paths.read_text().split()), env["PATH"]])
        return attempt("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"], env=env, cwd=folder)


def pinned(release: Release) -> dict[str, str]:
    sums = hashlib.sha256((release.folder / "SHA256SUMS").read_bytes()).hexdigest()
    return {"from": str(release.folder), "sha256": sums}


def test_the_action_passes_a_good_change_and_annotates_a_bad_one(release: Release, tmp_path: Path) -> None:
    runner = Runner(release, tmp_path)
    good = repository(tmp_path / "good", GOOD)
    installed = runner.step(0, good, **pinned(release))
    assert installed.returncode == 0, installed.stderr
    passed = runner.step(1, good)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    bad = runner.step(1, repository(tmp_path / "bad", BAD))
    assert bad.returncode == 1
    line = next(n for n, text in enumerate(BAD.splitlines(), 1) if "replica:" in text)
    assert re.search(rf"^::error file=katalog\.yaml,line={line},", bad.stdout, re.MULTILINE)
    asked = runner.step(1, good, paths="katalog.yaml\n$(touch pwned)")
    assert asked.returncode == 2 and "$(touch pwned)" in asked.stderr
    assert not (good / "pwned").exists()


def test_the_gitlab_job_passes_a_good_change_and_reports_a_bad_one(release: Release, tmp_path: Path) -> None:
    template: dict[str, Any] = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text())
    variables = {name: str(value) for name, value in template["variables"].items()}
    variables |= {"ORK_SOURCE": ROOT.as_uri(), "ORK_FROM": str(release.folder), "ORK_SHA256": pinned(release)["sha256"]}
    script = template["ork-validate"]["script"]
    folder = repository(tmp_path / "change", BAD)

    def job(lines: list[str]) -> subprocess.CompletedProcess[str]:
        text = "\n".join(["set -eo pipefail", *lines])
        return attempt("bash", "-c", text, env={**release.env, **variables}, cwd=folder)

    bad = job(script)
    assert bad.returncode == 1 and "ORK1101" in bad.stdout, bad.stdout + bad.stderr
    report = ElementTree.parse(folder / "ork-validate.xml").getroot()
    assert [found.get("message") for found in report.iter("failure")]
    (folder / "katalog.yaml").write_text(GOOD)
    good = job([line for line in script if "install.sh" not in line])
    assert good.returncode == 0, good.stdout + good.stderr


# -- the image ---------------------------------------------------------------------------------------------------
def test_the_layers_of_the_image_run_the_runtime(release: Release, tmp_path: Path) -> None:
    """No container engine is needed for what the build stage does; the rest is told by the next test."""
    (wheel,) = release.folder.glob("*.whl")
    folder = tmp_path / "ork"
    run(ROOT / "hack" / "image" / "assemble", folder, ROOT / "requirements" / "run.lock", wheel, env=release.env)
    assert not list(folder.glob("lib/*/site-packages/pip")), "nothing can be installed later"
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    listed = sorted(path for path in folder.rglob("*"))
    env = {"PATH": f"{folder / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    assert "ork 0.1.0" in run("ork", "--version", env=env, cwd=tmp_path).stdout
    assert (
        "orkestra-katalog"
        in run("ork", "generate", "bundle", "-f", ROOT / "examples/website/katalog.yaml", env=env).stdout
    )
    assert sorted(path for path in folder.rglob("*")) == listed
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)


def test_the_containerfile_is_small_pinned_and_without_root() -> None:
    lines = [line for line in (ROOT / "Containerfile").read_text().splitlines() if line and not line.startswith("#")]
    stages = [line for line in lines if line.startswith("FROM ")]
    assert stages == ["FROM ${BASE} AS build", "FROM ${BASE}"]
    assert re.fullmatch(r"ARG BASE=python:\d+\.\d+-slim-\w+", lines[0])
    final = lines[lines.index("FROM ${BASE}") :]
    assert "USER 1000:1000" in final and 'ENTRYPOINT ["ork"]' in final
    assert [line for line in final if line.startswith("COPY ")] == ["COPY --from=build /opt/ork /opt/ork"]
    sent = (ROOT / ".containerignore").read_text().split()
    assert sent[0] == "*" and sent[1:] == ["!hack/image/assemble", "!requirements/run.lock", "!dist/*.whl"]
    copied = " ".join(line for line in lines if line.startswith("COPY ") and "--from" not in line)
    assert all(path.removeprefix("!") in copied for path in sent[1:])


# -- the workflows -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["ci.yaml", "release.yaml"])
def test_workflows_pin_what_they_use_and_ask_for_little(name: str) -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text())
    assert workflow["permissions"] == {"contents": "read"}
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] and re.fullmatch(r"ubuntu-\d\d\.\d\d", job["runs-on"])
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), "a tag can be moved"
            for line in str(step.get("run", "")).splitlines():
                words = line.split()
                if words[:1] == ["make"]:
                    assert {word for word in words[1:] if "=" not in word} <= targets
                if words and words[0].startswith("hack/"):
                    assert os.access(ROOT / words[0], os.X_OK)
