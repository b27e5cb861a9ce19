"""What takes input, and what it promises: one function a target, called with one stream of chance a case.

A broken promise is an exception of any kind. The runner adds the bounds of time and memory.
"""

from __future__ import annotations

import atexit
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from orkestra.katalog import RenderError, load, load_artifact, load_text, render
from orkestra.katalog.diagnostics import Findings, SourceText
from orkestra.katalog.diagnostics.finding import Diagnostic
from orkestra.katalog.places import Artifact
from orkestra.katalog.schema.conditions import ConditionList
from orkestra.katalog.schema.decoder import Decoder, Language
from orkestra.katalog.source import Origin, decode_text, parse, parse_documents, plain_value
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode
from orkestra.rules.when import Facts, describe, holds
from orkestra.template import Environment, Limits, TemplateFault, compile
from orkestra.template.functions import builtin_functions
from tests.fuzz import conditions, shortcuts, templates, trees, yamls
from tests.fuzz.chance import Chance

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)
SMALL = Environment(
    now=lambda: NOW, random=lambda size: b"\xfe" * size, limits=Limits(output_bytes=5_000, steps=1_000, depth=10)
)


def template(chance: Chance) -> None:
    """Lexer, parser and evaluator: text out, or one of the two errors with a place inside the text; data unchanged;
    the same by closures and by shortcut."""
    text, data = template_text(chance), chance.data(odd=0.05)
    before = repr(data)
    mode = "go" if chance.maybe(0.5) else "empty"
    try:
        compiled = compile(text, functions=builtin_functions(), missing=mode)  # type: ignore[arg-type]
        assert isinstance(compiled.paths, frozenset)
        compiled.value(data, SMALL)
        shortcuts.agree(compiled, data, SMALL)
        out = compiled.render(data, SMALL)
    except TemplateFault as fault:
        assert 1 <= fault.line <= text.count("\n") + 1, fault
        assert fault.column >= 1, fault
        assert fault.message and str(fault), fault
    else:
        assert compiled.is_static or len(out.encode()) <= SMALL.limits.output_bytes
    assert repr(data) == before


def template_text(chance: Chance) -> str:
    kind = chance.random()
    if kind < 0.15:
        return templates.tokens(chance)
    text = templates.Grammar(chance, _calls()).template()
    return templates.spoilt(chance, text) if kind < 0.5 else text


@cache
def _calls() -> tuple[str, ...]:
    """Every function's own example, and the function with arguments that do not fit."""
    rows = [row for row in builtin_functions().values() if row.example.startswith("{{")]
    good = [row.example.removeprefix("{{").removesuffix("}}").strip() for row in rows]
    return (*good, *(f"{row.name} .a .c" for row in rows), *(f"{row.name} .map" for row in rows))


def yaml(chance: Chance) -> None:
    """The YAML builder: a tree whose places lie in the file, or a finding that says why not."""
    kind = chance.random()
    if kind < 0.5:
        text = yamls.spoilt(chance, chance.one(_documents()))
    else:
        text = yamls.Grammar(chance).document()
        if kind > 0.8:
            text = yamls.spoilt(chance, text)
    findings = Findings()
    data = text.encode("utf-8", "surrogatepass")
    if chance.maybe(0.03):
        at = chance.randrange(len(data) + 1)
        data = data[:at] + bytes([chance.randrange(256)]) + data[at:]
    source = decode_text(data, "k.yaml", findings)
    if findings.has_errors:
        return
    tree = parse(source, findings)
    assert tree is not None or findings.has_errors
    last = len(source.text) + 1
    for node in _nodes(tree) if tree else ():
        assert 0 <= node.start.index <= node.end.index <= last
        span = node.span
        assert span.line >= 1 and span.column >= 1 and span.end_line >= span.line, span
        if isinstance(node, ScalarNode) and chance.maybe(0.2):
            origin = Origin(node)
            assert origin.locate(chance.randint(1, 3), chance.randint(1, 30)) >= (1, 1)
    if tree is not None and not findings.has_errors:
        json.dumps(plain_value(tree))
    check_findings(findings.sorted(), source)
    parse_documents(source, Findings())


def _nodes(tree: Node) -> Iterator[Node]:
    pending: list[Node] = [tree]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, ListNode):
            pending += node.items
        elif isinstance(node, MapNode):
            for key, value in node.entries.values():
                pending += (key, value)


def check_findings(found: list[Diagnostic], source: SourceText | None = None) -> None:
    """Each says something, in a file, at a place that is there."""
    for each in found:
        assert each.code.startswith("ORK") and each.message and each.file
        assert "Traceback" not in each.message
        assert each.span.line >= 1 and each.span.column >= 1, each
        if source is not None and each.file == source.name:
            assert each.span.line <= len(source.text.splitlines()) + 1, each
    shown = render(found)
    assert shown.replace("\n", "").isprintable(), shown


def condition(chance: Chance) -> None:
    """Conditions, decoded and evaluated: true or false, findings, or a RenderError with a place."""
    written = [conditions.condition_of(chance) for _ in range(chance.randint(1, 2))]
    findings = Findings()
    source = SourceText("k.yaml", json.dumps(written))
    tree = parse(source, findings)
    if tree is None:
        return
    found = ConditionList().decode(
        tree, Decoder(source, findings, Language(builtin_functions()), "website.when"), "when"
    )
    check_findings(findings.sorted(), source)
    facts = Facts({**chance.data(odd=0.1), "metadata": {"labels": {"a/b": "x"}}}, SMALL)
    for each in found or ():
        for act in (holds, describe):
            try:
                act(each, facts)
            except RenderError as error:
                assert str(error) and error.line >= 1


def katalog(chance: Chance) -> None:
    """Loading one file: a model or a reason, never both missing."""
    text = chance.one(_documents())
    text = yamls.spoilt(chance, text)
    if chance.maybe(0.3):
        text = text.replace(
            chance.one(("{{ .spec.image }}", "{{ .metadata.name }}", "80", "true")),
            templates.spoilt(chance, templates.Grammar(chance).template()).replace("\n", " ").replace('"', "'"),
            1,
        )
    folder = ROOT / "tests/golden/katalog"
    loaded, found = load_text(text.encode("utf-8", "surrogatepass"), path=folder / "fuzz.yaml", root=folder)
    assert loaded is not None or found
    check_findings(found)


def composition(chance: Chance) -> None:
    """Loading from a tree of files that name each other: a model or a reason, whatever they hold. Those without links
    are mostly at hand, as what was fetched is; the others are written to the disk."""
    tree = trees.tree_of(chance)
    files = trees.contents(tree)
    if len(files) == len(tree) and chance.maybe(0.85):
        loaded, found = load_artifact(Artifact("fuzz", files, trees.ENTRY, "sha256:0"))
    else:
        with _folder() as folder:
            trees.write(tree, folder)
            loaded, found = load(folder / trees.ENTRY, root=folder)
    assert loaded is not None or found
    check_findings(found)


@cache
def _scratch() -> Path:
    shared = Path("/dev/shm")
    made = Path(mkdtemp(prefix="ork-fuzz-", dir=shared if shared.is_dir() else None))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@contextmanager
def _folder() -> Iterator[Path]:
    folder = _scratch() / "case"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@cache
def _documents() -> tuple[str, ...]:
    """The Katalogs of this repository, the small ones of the documentation included."""
    sys.path.insert(0, str(ROOT / "hack" / "docs"))
    from reference.cases import CASES

    files = [
        *ROOT.glob("tests/golden/katalog/*.yaml"),
        *ROOT.glob("examples/**/katalog.yaml"),
        *ROOT.glob("bench/*.yaml"),
    ]
    texts = [path.read_text() for path in sorted(files)]
    for case in CASES:
        for example in (case.bad, case.good):
            text = case.text_of(example).decode("utf-8", "replace")
            if len(text) < 20_000:
                texts.append(text)
    return tuple(texts)


TARGETS: dict[str, Callable[[Chance], Any]] = {
    each.__name__: each for each in (template, yaml, condition, katalog, composition)
}
