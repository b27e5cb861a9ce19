"""The loop of ``ork play``: lines in, values out. Reads from a terminal or a script alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from orkestra.cli.evaluating.catalogue import NoSuchFunction, find, listing, page_of, search
from orkestra.cli.evaluating.session import NotEvaluated, Session, shown, type_name

PROMPT: Final = "ork> "
MORE: Final = "...> "
_HELP: Final = """\
Write an expression, such as .spec.replicas, or a template, such as "{{ .spec.image }}:latest".
An open {{ or a \\ at the end of a line goes on in the next.

  :cr [PATH]         the object, or what stands at a path of it
  :set PATH VALUE    change the object for this session; VALUE is YAML
  :type EXPRESSION   the type of what it gives
  :entries           the children of the Katalog, by name
  :render ENTRY      the fields of a child, rendered on the object
  :functions [WORD]  the template functions, or those with a word in name or meaning
  :function NAME     one function, with an example
  :help              this text
  :quit              end, as Ctrl-D does
"""


class Console:
    """``entries``: what can be rendered by name, each a function of the scope that gives plain data."""

    def __init__(self, session: Session, entries: Mapping[str, Callable[[Mapping[str, Any]], Any]]) -> None:
        self.session = session
        self.entries = entries
        self.failures = 0

    def run(self, lines: Iterator[str], write: Callable[[str], None]) -> int:
        """Answers every input until the lines end or ``:quit``. How many failed."""
        for text in _inputs(lines):
            if text in (":quit", ":q", ":exit"):
                break
            try:
                answer = self.answer(text)
            except (NotEvaluated, NoSuchFunction, ValueError) as error:
                self.failures += 1
                answer = str(error) if isinstance(error, NotEvaluated) else f"error: {error}"
            write(answer.rstrip("\n") + "\n")
        return self.failures

    def answer(self, text: str) -> str:
        """What to print for one input. Raises NotEvaluated, NoSuchFunction, ValueError."""
        if not text.startswith(":"):
            return shown(self.session.value(text))
        name, _, rest = text[1:].partition(" ")
        command = _COMMANDS.get(name)
        if command is None:
            raise ValueError(f"there is no :{name[:40]}; :help lists the commands")
        return command(self, rest.strip())

    def _help(self, rest: str) -> str:
        return _HELP

    def _cr(self, rest: str) -> str:
        if rest:
            return shown(self.session.value(f".{rest.lstrip('.')}"))
        return shown({name: value for name, value in self.session.scope.items() if value not in ({}, None)})

    def _set(self, rest: str) -> str:
        from orkestra.katalog.paths import parse_path

        place, _, text = rest.partition(" ")
        if not text:
            raise ValueError("write :set PATH VALUE, such as :set spec.replicas 3")
        self.session.scope = changed(self.session.scope, parse_path(place.lstrip(".")), _yaml(text))
        return f"{place} is {shown(_yaml(text))}"

    def _type(self, rest: str) -> str:
        return type_name(self.session.value(rest))

    def _entries(self, rest: str) -> str:
        return "\n".join(self.entries) or "there is no Katalog here; start with -f"

    def _render(self, rest: str) -> str:
        from orkestra.katalog import RenderError
        from orkestra.katalog.suggest import hint_for

        matching = [name for name in self.entries if name == rest or name.endswith(f".{rest}")]
        if len(matching) != 1:
            hint = hint_for(rest, self.entries) or ":entries lists them"
            raise ValueError(f"there is {'no' if not matching else 'more than one'} entry {rest[:60]!r}; {hint}")
        try:
            return shown(self.entries[matching[0]](self.session.scope))
        except RenderError as error:
            raise ValueError(str(error)) from None

    def _functions(self, rest: str) -> str:
        rows = list(self.session.functions.values())
        return listing(search(rest, rows) if rest else rows) or f"no function has {rest!r} in name or meaning"

    def _function(self, rest: str) -> str:
        return page_of(find(rest, self.session.functions))


_COMMANDS: Final[dict[str, Callable[[Console, str], str]]] = {
    "help": Console._help,
    "cr": Console._cr,
    "set": Console._set,
    "type": Console._type,
    "entries": Console._entries,
    "render": Console._render,
    "functions": Console._functions,
    "function": Console._function,
}
COMMAND_NAMES: Final = (*_COMMANDS, "quit")


def changed(data: Any, path: tuple[str, ...], value: Any) -> Any:
    """A copy with another value at a path; maps on the way are made. Raises ValueError."""
    if not path:
        return value
    step, *rest = path
    if isinstance(data, list):
        if not step.isdigit() or int(step) >= len(data):
            raise ValueError(f"{step} is no index of a list of {len(data)}")
        return [changed(each, tuple(rest), value) if n == int(step) else each for n, each in enumerate(data)]
    if data is not None and not isinstance(data, Mapping):
        raise ValueError(f"{step}: what stands above it is no map")
    known = data or {}
    return {**known, step: changed(known.get(step), tuple(rest), value)}


def _yaml(text: str) -> Any:
    from orkestra.katalog.diagnostics import Findings
    from orkestra.katalog.source import decode_text, parse, plain_value

    findings = Findings()
    node = parse(decode_text(text.encode(), ":set", findings), findings)
    if node is None or findings.has_errors:
        raise ValueError(f"{text[:60]!r} is no YAML value")
    return plain_value(node)


def _inputs(lines: Iterator[str]) -> Iterator[str]:
    """Whole inputs: lines are joined while braces are open or a line ends with a backslash."""
    held: list[str] = []
    for line in lines:
        goes_on = line.endswith("\\")
        held.append(line.removesuffix("\\"))
        text = "\n".join(held)
        if goes_on or text.count("{{") > text.count("}}"):
            continue
        held.clear()
        if text.strip():
            yield text.strip()
    if "".join(held).strip():
        yield "\n".join(held).strip()


def terminal_lines(history: Path, words: list[str]) -> Iterator[str]:
    """Lines typed at a terminal, with history kept in a file and completion of words where readline is."""
    try:
        import readline
    except ImportError:
        readline = None  # type: ignore[assignment]
    if readline is not None:
        _prepare(readline, history, words)
    is_open = False
    try:
        while True:
            line = input(MORE if is_open else PROMPT)
            is_open = line.endswith("\\") or line.count("{{") > line.count("}}") or (is_open and "}}" not in line)
            yield line
    except (EOFError, KeyboardInterrupt):
        return
    finally:
        if readline is not None:
            try:
                history.parent.mkdir(parents=True, exist_ok=True)
                readline.write_history_file(history)
            except OSError:
                pass  # history is a convenience


def _prepare(readline: Any, history: Path, words: list[str]) -> None:
    try:
        readline.read_history_file(history)
    except OSError:
        pass  # the first session
    readline.set_history_length(1000)
    readline.set_completer_delims(" (|\t\n{}")
    readline.set_completer(lambda text, n: next(iter([w for w in words if w.startswith(text)][n : n + 1]), None))
    readline.parse_and_bind("tab: complete")
