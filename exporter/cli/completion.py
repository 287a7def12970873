"""``completion``: what teaches a shell the commands, flags and their values."""

import click
from click.shell_completion import get_completion_class

from exporter.cli import PROGRAM, cli
from exporter.cli.options import ENVIRONMENT_PREFIX, examples

_EXAMPLES = examples(
    """echo 'eval "$(org-access-exporter completion bash)"' >> ~/.bashrc""",
    """echo 'autoload -U compinit && compinit; eval "$(org-access-exporter completion zsh)"' >> ~/.zshrc""",
    "mkdir -p ~/.config/fish/completions",
    "org-access-exporter completion fish > ~/.config/fish/completions/org-access-exporter.fish",
)


@click.command("completion", epilog=_EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands and flags in a shell."""
    known = get_completion_class(shell)
    assert known is not None
    click.echo(known(cli, {}, PROGRAM, f"_{ENVIRONMENT_PREFIX}_COMPLETE").source())
