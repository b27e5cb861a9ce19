"""``ork gitops health``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orkestra.cli.printing import as_text, output_option, print_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from orkestra.gitops.health import Subject
    from orkestra.gitops.matrix import Verdict
    from orkestra.k8s.objects import Object


@click.command("health")
@click.option(
    "-f", "--file", "file", metavar="KATALOG", help="The definition. [default: KATALOG_PATH, or katalog.yaml here]"
)
@click.option(
    "--for",
    "tool",
    type=click.Choice(["argocd", "flux", "kstatus"]),
    default="argocd",
    show_default=True,
    help="Whose health rules.",
)
@click.option("--lua", is_flag=True, help="Argo CD: the Lua script alone, without the ConfigMap around it.")
@click.option("-n", "--namespace", default="argocd", show_default=True, help="Argo CD: where argocd-cm is.")
@click.option(
    "--with-message",
    is_flag=True,
    help="Flux: have the Kustomization's condition say why a resource is stalled; it fails at its timeout then.",
)
@click.option("--test", "is_test", is_flag=True, help="Run a matrix of statuses through every rule, and print it.")
@output_option("The matrix for people, or as data; rules are YAML anyway, or JSON.")
def command(
    file: str | None, tool: str, lua: bool, namespace: str, with_message: bool, is_test: bool, form: str
) -> int:
    """Print the rules by which a GitOps tool reads the health of a definition's kinds.

    argocd: the keys of argocd-cm, a ConfigMap to patch or to apply server-side. flux: healthCheckExprs of a
    Kustomization. kstatus needs no rules; what it makes of each status is shown.

    \b
    ork gitops health -f katalog.yaml > argocd-cm.yaml
    ork gitops health -f katalog.yaml --for flux
    ork gitops health -f katalog.yaml --test
    """
    from orkestra.cli.definition import find_file, load_or_exit
    from orkestra.gitops.health import CEL, CEL_WITH_MESSAGE, LUA, argocd_config, flux_checks, subjects_of

    if with_message and tool != "flux":
        raise click.UsageError("--with-message is for Flux alone: the others show our message anyway")
    subjects, silent = subjects_of(load_or_exit(find_file(file)))
    for name in silent:
        click.echo(f"{name}: writes no conditions, so that no tool can read its health", err=True)
    if not subjects:
        click.echo("there is no entry whose health can be read", err=True)
        return 1
    if is_test:
        return test(subjects[0], form, with_message=with_message)
    if tool == "kstatus":
        return show_kstatus(subjects[0], form)
    if tool == "argocd" and lua:
        print_text(LUA)
    elif tool == "argocd":
        print_text(as_text(argocd_config(subjects, namespace), _rules_form(form)))
    else:
        rules = CEL_WITH_MESSAGE if with_message else CEL
        print_text(as_text({"healthCheckExprs": flux_checks(subjects, rules)}, _rules_form(form)))
    return 0


def _rules_form(form: str) -> str:
    return "json" if form == "json" else "yaml"


def test(subject: Subject, form: str, *, with_message: bool) -> int:
    """1 where a judge says otherwise than it must."""
    from orkestra.gitops.matrix import judge

    verdicts = [*judge(subject.api_version, subject.kind, find_lua(), with_message=with_message)]
    if form == "human":
        print_text(table(verdicts))
    else:
        rows = [
            {"case": v.case, "judge": v.judge, "expected": v.expected, "found": v.found, "right": v.is_right}
            for v in verdicts
        ]
        print_text(as_text(rows, form))
    return 0 if all(verdict.is_right for verdict in verdicts) else 1


def find_lua() -> Callable[[str, Object], str] | None:
    from orkestra.gitops.lua import lua_runner

    try:
        return lua_runner()
    except ImportError:
        click.echo("Argo CD's columns are left out: they need Lua (pip install 'orkestra[lua]')", err=True)
        return None


def show_kstatus(subject: Subject, form: str) -> int:
    from orkestra.gitops.matrix import judge

    verdicts = [v for v in judge(subject.api_version, subject.kind, None) if v.judge == "kstatus"]
    if form == "human":
        print_text("kstatus reads the conditions of every kind as they are; nothing is to be configured.\n\n")
        print_text(table(verdicts))
    else:
        print_text(as_text([{"case": v.case, "status": v.found} for v in verdicts], form))
    return 0


def table(verdicts: list[Verdict]) -> str:
    """A row a case, a column a judge; what is not as it must be is marked."""
    judges = list(dict.fromkeys(verdict.judge for verdict in verdicts))
    rows: dict[str, dict[str, str]] = {}
    for v in verdicts:
        rows.setdefault(v.case, {})[v.judge] = v.found if v.is_right else f"{v.found} (must be {v.expected})"
    lines = [["", *judges], *([case, *(found.get(name, "") for name in judges)] for case, found in rows.items())]
    widths = [max(len(line[column]) for line in lines) for column in range(len(judges) + 1)]
    wrong = sum(not verdict.is_right for verdict in verdicts)
    text = "".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() + "\n" for line in lines)
    return f"{text}\n{len(verdicts)} verdicts, {wrong} wrong\n"
