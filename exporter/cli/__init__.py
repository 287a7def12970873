"""The command line: one module per command, imported when that command is run.

It never does a command's work: it reads flags, and hands on to the package that does.
"""

from difflib import get_close_matches
from importlib import import_module

import click
from click.shell_completion import CompletionItem

from exporter import __version__
from exporter.errors import UserError

PROGRAM = "org-access-exporter"

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_EPILOG = f"""\b
Every flag of serve has an environment variable: ORG_ACCESS_EXPORTER_ and its name,
with dots and dashes as underscores; --config.file is ORG_ACCESS_EXPORTER_CONFIG_FILE.
Other commands read it for the flags that they share with serve; their help tells.

\b
{PROGRAM} COMMAND --help has examples; completion teaches your shell.
NO_COLOR switches colours off, and pipes never see any."""


# Each with its line in the list; a module of its name has it.
COMMANDS = {
    "serve": "Run the exporter.",
    "demo": "Run the exporter against a simulated organization.",
    "simulate": "Run only the simulated AWS endpoint: IAM's access reports, Organizations and STS.",
    "report": "Show one access report, or many, now.",
    "entities": "List the root, OUs and accounts: id, name, type, path.",
    "who-uses": "Tell who used a service: when, in which Region, by which account.",
    "recommend": "Recommend an SCP that denies what nobody used.",
    "check-scp": "Check what drafts of SCPs would deny that is in use.",
    "news": "Tell what changed, from the state.",
    "check-config": "Check configuration files.",
    "check-aws": "Check with the real credentials that AWS gives what the configuration wants.",
    "print-iam-policy": "Print the IAM policy that a configuration needs.",
    "completion": "Print the script that completes commands and flags in a shell.",
    "version": "Show the versions of the program and its libraries.",
}


class LazyGroup(click.Group):
    """A group that imports a command only to run it: ``version`` has no use for boto3."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        return _import(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        near = [] if args[0] in COMMANDS else get_close_matches(args[0].lower(), COMMANDS, n=2)
        if near:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {' or '.join(near)}?")
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        names = [
            CompletionItem(name, help=summary)
            for name, summary in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        # Past click.Group's own, which would import every command.
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _import(name: str) -> click.Command:
    module = name.replace("-", "_")
    try:
        command = getattr(import_module(f"{__name__}.{module}"), module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "exporter":
            raise
        raise UserError(
            f"{name} needs {error.name}, which is not installed: pip install '{PROGRAM}[demo]'"
        ) from error
    assert isinstance(command, click.Command)
    return command


@click.group(name=PROGRAM, cls=LazyGroup, epilog=_EPILOG, context_settings=_CONTEXT)
@click.version_option(__version__, prog_name=PROGRAM)
def cli() -> None:
    """Prometheus exporter for AWS IAM Organizations access reports."""
