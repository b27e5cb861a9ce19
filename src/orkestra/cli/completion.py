"""``ork completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    bash:  ork completion bash > ~/.local/share/bash-completion/completions/ork
    zsh:   ork completion zsh > "${fpath[1]}/_ork"
    fish:  ork completion fish > ~/.config/fish/completions/ork.fish
    """
    from orkestra.cli import cli

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(cli, {}, "ork", "_ORK_COMPLETE").source())
