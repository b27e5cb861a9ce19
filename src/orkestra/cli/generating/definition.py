"""What every command that makes cluster objects from a definition is given, and where its text goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from orkestra.cli.settings import CannotRun

if TYPE_CHECKING:
    from orkestra.generate.kinds import OfflineKinds
    from orkestra.generate.rbac import Account
    from orkestra.katalog.model import Katalog
    from orkestra.katalog.places import Place

F = TypeVar("F", bound=Callable[..., Any])

file_option = click.option(
    "-f", "--file", "file", metavar="KATALOG", help="The Katalog. [default: KATALOG_PATH, or katalog.yaml here]"
)
namespace_option = click.option(
    "-n", "--namespace", default="orkestra-system", show_default=True, help="Where the runtime runs."
)
configmap_option = click.option(
    "--configmap", default="orkestra-katalog", show_default=True, help="Name of the ConfigMap."
)
out_option = click.option(
    "-o",
    "--output",
    "out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write here. [default: standard output]",
)
check_option = click.option(
    "--check",
    is_flag=True,
    help="Write nothing: exit with 1, showing the difference, where the file is not up to date.",
)


annotate_option = click.option(
    "--annotate",
    "annotations",
    multiple=True,
    metavar="KEY=VALUE",
    help="An annotation for every object made. May be given more than once.",
)


def account_options(function: F) -> F:
    """``service_account``, ``name``, ``followed`` and ``crds``."""
    for option in (
        click.option(
            "--follow-configmap",
            "followed",
            default="",
            metavar="NAME",
            help="Also the right to follow this ConfigMap, for ork run --configmap.",
        ),
        click.option(
            "--crd",
            "crds",
            multiple=True,
            metavar="PATH",
            help="CRDs of children the Katalog does not define: files, directories or patterns. May be given more than "
            "once.",
        ),
        click.option(
            "--name",
            default="orkestra-runtime",
            show_default=True,
            help="Of roles and bindings; two installations in one cluster need two.",
        ),
        click.option(
            "--service-account", default="orkestra", show_default=True, help="The runtime's account, in its namespace."
        ),
    ):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True)
class Definition:
    """A loaded Katalog and what is known of the kinds it names. ``is_locked``: remote imports as the lock has them."""

    katalog: Katalog
    kinds: OfflineKinds
    is_locked: bool = False

    @classmethod
    def load(cls, file: str | None, crds: tuple[str, ...] = (), *, is_locked: bool = False) -> Definition:
        """Findings go to standard error; errors end the command with 1. Raises CannotRun."""
        from orkestra.cli.definition import find_file, load_or_exit
        from orkestra.cli.validate import read_crds
        from orkestra.generate.kinds import OfflineKinds

        katalog = load_or_exit(find_file(file), is_locked=is_locked)
        return cls(katalog, OfflineKinds(katalog, read_crds(crds)), is_locked)

    def rbac(self, account: Account) -> list[Any]:
        """The documents of its rights; what had to be guessed is told."""
        from orkestra.generate.rbac import rbac_documents

        documents = rbac_documents(self.katalog, self.kinds, account)
        for gvk in sorted(self.kinds.guessed):
            plural = self.kinds.resolve(gvk).plural
            click.echo(
                f"warning: {gvk}: nothing here tells its plural, taken to be {plural!r}; --crd names its CRD", err=True
            )
        return documents

    def files(self) -> dict[str, str]:
        """The definition and what it names, as keys of a ConfigMap. Raises CannotRun; what is too large ends the
        command with 1."""
        from orkestra.generate.configmap import MAX_APPLIED_BYTES, TooLarge, packed, references
        from orkestra.katalog.roots import find_root, resolve_inside

        path = Path(self.katalog.path)
        text, crds = _whole(path, is_locked=self.is_locked)
        root = find_root(path)
        named = {
            found.path: _text(crds[found.path].read(), found.path)
            if found.path in crds
            else _read(resolve_inside(found.path, path, root))
            for found in references(text)
        }
        try:
            data = packed(text, named)
        except TooLarge as error:
            click.echo(f"error: {path}: {error}", err=True)
            sys.exit(1)
        size = sum(len(content.encode()) for content in data.values())
        if size > MAX_APPLIED_BYTES:
            click.echo(
                f"warning: {size:,} bytes of data are too much for a client-side kubectl apply: use --server-side",
                err=True,
            )
        return data


def _whole(path: Path, *, is_locked: bool) -> tuple[str, Mapping[str, Place]]:
    """The definition as it is written, or, where it brings in others, the one Katalog they come to; and the CRD files
    that were fetched, by address."""
    from orkestra.katalog.compose import compose, fetcher_beside
    from orkestra.katalog.compose.output import to_yaml

    composed, _ = compose(path, fetch=fetcher_beside(path, os.environ, is_locked=is_locked))
    if composed is None or (composed.kind != "Komposer" and len(composed.places) == 1):
        return _read(path), composed.crds if composed else {}
    files = sorted(os.path.relpath(name, path.parent).replace(os.sep, "/") for name in composed.places)
    return f"# One Katalog, made of {', '.join(files)}\n{to_yaml(composed)}", composed.crds


def _read(path: Path) -> str:
    """A file that the loader has read, as text without a byte order mark."""
    try:
        return _text(path.read_bytes(), str(path))
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}") from None


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise CannotRun(f"{name}: not UTF-8") from None


def annotated(documents: Iterable[Any], annotations: Sequence[str]) -> list[Any]:
    """The documents with ``key=value`` annotations. Raises UsageError."""
    found: dict[str, str] = {}
    for given in annotations:
        key, parted, value = given.partition("=")
        if not key or not parted:
            raise click.UsageError(f"--annotate: expected KEY=VALUE, found {given[:80]!r}")
        found[key] = value
    if not found:
        return list(documents)
    return [{**document, "metadata": {**document["metadata"], "annotations": found}} for document in documents]


def deliver(text: str, out: Path | None, *, check: bool = False) -> int:
    """Print ``text``, write it to ``out``, or say how ``out`` differs from it. Returns the exit code; raises
    CannotRun."""
    if check:
        return _check(text, out)
    if out is None:
        click.echo(text.encode(), nl=False)
        return 0
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(text.encode())
    except OSError as error:
        raise CannotRun(f"{out}: {error.strerror}") from None
    return 0


def _check(text: str, out: Path | None) -> int:
    from difflib import unified_diff

    if out is None:
        raise click.UsageError("--check compares with a file: name it with --output")
    try:
        found = out.read_bytes().decode()
    except FileNotFoundError:
        raise CannotRun(f"{out}: no such file; make it by the same command without --check") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CannotRun(f"{out}: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
    if found == text:
        return 0
    made = (found.splitlines(keepends=True), text.splitlines(keepends=True))
    sys.stdout.writelines(unified_diff(*made, str(out), "what the definition gives", n=2))
    click.echo(f"{out} is not up to date: run the same command without --check, and commit", err=True)
    return 1
