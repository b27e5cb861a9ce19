"""What a finding weighs here: ``.orkestra.yaml`` of the repository, then ``--severity`` of the call.

    severity: {ORK1502: error}
    rules:
      - paths: ["legacy/**"]
        environments: [staging]
        at: ["spec.crds.*.operatorBox.onCreate"]
        severity: {ORK1701: warning, ORK1305: ignore}

``severity`` holds for every file; a rule for files that match one of its ``paths`` (relative to the file of the rules;
every file if left out), in its ``environments`` (in every one if left out), for findings at or below one of the places
in the document that ``at`` names (everywhere if left out). Later rules win, and options win over all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from orkestra.cli.settings import CannotRun
from orkestra.katalog.diagnostics import CODES, RETIRED, Diagnostic, Severity
from orkestra.katalog.suggest import closest

CONFIG_FILE: Final = ".orkestra.yaml"
IGNORE: Final = "ignore"
LEVELS: Final = (*(severity.value for severity in Severity), IGNORE)
_STEP: Final = re.compile(r'\["([^"]*)"\]|\[([^\]]*)\]|([^.\[\]]+)')
_NAMES: Final = {code.name for code in CODES.values()}
_RETIRED: Final = {code.name: code for code in RETIRED.values()}
_WILD: Final = {"*": "[^/]*", "?": "[^/]"}

Levels = Mapping[str, str]
"""Code -> one of LEVELS."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``paths`` None: every file; ``environments`` None: every environment; ``at`` None: everywhere in the file."""

    levels: Levels
    paths: tuple[re.Pattern[str], ...] | None = None
    environments: frozenset[str] | None = None
    at: tuple[re.Pattern[str], ...] | None = None

    def is_at(self, place: str) -> bool:
        return self.at is None or any(pattern.match(place) for pattern in self.at)


@dataclass(frozen=True, slots=True)
class Severities:
    """Rules in their order, and the folder their paths are relative to."""

    rules: tuple[Rule, ...] = ()
    folder: Path = Path()
    environment: str = ""

    def weigh(self, findings: Iterable[Diagnostic], file: str) -> list[Diagnostic]:
        """The findings of a run over ``file`` with their severities here, without those to ignore."""
        if not self.rules:
            return list(findings)
        rules = self._rules_of(file)
        weighed: list[Diagnostic] = []
        for found in findings:
            place = "" if all(rule.at is None for rule in rules) else _steps(found.path)
            level = found.severity.value
            for rule in rules:
                if found.code in rule.levels and rule.is_at(place):
                    level = rule.levels[found.code]
            if level != IGNORE:
                weighed.append(found if level == found.severity else replace(found, severity=Severity(level)))
        return weighed

    def _rules_of(self, file: str) -> list[Rule]:
        path = _relative(Path(file), self.folder)
        return [
            rule
            for rule in self.rules
            if (rule.environments is None or self.environment in rule.environments)
            and (rule.paths is None or any(pattern.match(path) for pattern in rule.paths))
        ]


def load_severities(options: Iterable[str], environment: str, start: Path) -> Severities:
    """``options``: texts ``CODE=LEVEL``; the file is looked for from ``start`` up to the root of its Git work tree.

    Raises CannotRun for a file or option that does not say anything that can be meant.
    """
    file = _find(start)
    rules = _rules(file) if file else []
    given = _levels(dict(_option(text) for text in options), "--severity", CannotRun)
    if given:
        rules.append(Rule(given))
    return Severities(tuple(rules), file.parent if file else start.resolve(), environment)


def _option(text: str) -> tuple[str, str]:
    code, equals, level = text.partition("=")
    if not equals:
        raise CannotRun(f"--severity: expected CODE=LEVEL, such as ORK1305=warning, got {text[:80]!r}")
    return code.strip(), level.strip()


def _levels(found: Any, where: str, refuse: Callable[[str], CannotRun]) -> Levels:
    if not isinstance(found, dict):
        raise refuse(f"{where}: expected a map of codes, such as {{ORK1305: warning}}")
    for code, level in found.items():
        gone = _RETIRED.get(str(code))
        if gone is not None:
            raise refuse(f"{where}: {code} is not told since {gone.since} ({gone.instead}): leave it out")
        if code not in _NAMES:
            near = closest(str(code), _NAMES)
            hint = f"; did you mean {near}?" if near else ""
            raise refuse(f"{where}: there is no code {str(code)[:60]!r}{hint}")
        if level not in LEVELS:
            raise refuse(f"{where}: {code}: expected {', '.join(LEVELS[:-1])} or {LEVELS[-1]}, got {str(level)[:60]!r}")
    return dict(found)


def config_files(start: Path) -> list[str]:
    """Where the file may be, seen from ``start``, the nearest first."""
    folder = start.resolve()
    found: list[str] = []
    for parent in (folder, *folder.parents):
        found.append(str(parent / CONFIG_FILE))
        if (parent / ".git").exists():
            break
    return found


def _find(start: Path) -> Path | None:
    return next((Path(name) for name in config_files(start) if Path(name).is_file()), None)


def _rules(file: Path) -> list[Rule]:
    from orkestra.cli.validation.files import shown

    name = shown(file)

    def refuse(message: str) -> CannotRun:
        return CannotRun(f"{name}: {message}")

    document = _document(file, refuse)
    for key in document:
        if key not in ("severity", "rules"):
            raise refuse(f'unknown key "{str(key)[:60]}"; known: severity, rules')
    rules = [Rule(_levels(document["severity"], "severity", refuse))] if document.get("severity") else []
    listed = [] if document.get("rules") is None else document["rules"]
    if not isinstance(listed, list):
        raise refuse("rules: expected a list")
    for n, found in enumerate(listed):
        where = f"rules[{n}]"
        if not isinstance(found, dict) or not found.keys() <= {"paths", "environments", "at", "severity"}:
            raise refuse(f"{where}: expected a map of paths, environments, at and severity")
        paths = _texts(found.get("paths"), f"{where}.paths", refuse)
        environments = _texts(found.get("environments"), f"{where}.environments", refuse)
        places = _texts(found.get("at"), f"{where}.at", refuse)
        rules.append(
            Rule(
                _levels(found.get("severity"), f"{where}.severity", refuse),
                None if paths is None else tuple(_pattern(path) for path in paths),
                None if environments is None else frozenset(environments),
                None if places is None else tuple(_pattern(_steps(place)) for place in places),
            )
        )
    return rules


def _document(file: Path, refuse: Callable[[str], CannotRun]) -> dict[str, Any]:
    from orkestra.katalog.diagnostics import Findings
    from orkestra.katalog.roots import read_bounded
    from orkestra.katalog.source import decode_text, parse_documents, plain_value

    findings = Findings()
    try:
        source = decode_text(read_bounded(file), str(file), findings)
    except OSError as error:
        raise refuse(error.strerror or "cannot be read") from None
    documents = [plain_value(node) for node in parse_documents(source, findings)] if source.text else []
    for found in findings.sorted():
        raise refuse(f"{found.span}: {found.message}")
    document = documents[0] if documents else {}
    if len(documents) > 1 or not isinstance(document or {}, dict):
        raise refuse("expected one map of severity and rules")
    return document or {}


def _texts(found: Any, where: str, refuse: Callable[[str], CannotRun]) -> list[str] | None:
    if found is None:
        return None
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise refuse(f"{where}: expected a list of texts")
    return found


def _pattern(glob: str) -> re.Pattern[str]:
    """``*`` stays within a folder, ``**`` does not; a folder stands for all below it."""
    text = ""
    for part in glob.strip("/").split("/"):
        steps = (_WILD.get(character) or re.escape(character) for character in re.sub(r"\*+", "*", part))
        text += "(?:[^/]+/)*" if part == "**" else "".join(steps) + "/"
    return re.compile(text, re.DOTALL)


def _steps(place: str) -> str:
    """``a.b[0]["c.d/e"]`` -> ``a/b/0/c.d\x00e/``, so that a place is matched as the path of a file is."""
    steps = (next(step for step in found.groups() if step is not None) for found in _STEP.finditer(place))
    return "".join(step.replace("/", "\x00") + "/" for step in steps)


def _relative(path: Path, folder: Path) -> str:
    """The path below ``folder`` with a slash at its end, so that a pattern's last step must match a whole name."""
    try:
        return path.resolve().relative_to(folder).as_posix() + "/"
    except ValueError:
        return path.as_posix() + "/"
