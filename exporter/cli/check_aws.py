"""``check-aws``: what stands between the configuration and its reports."""

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from exporter.cli.options import (
    chosen,
    config_file,
    configured,
    examples,
    option,
    organization_option,
    output_format,
    quiet,
    timeout,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from exporter.preflight import Check, Findings

_EXAMPLES = examples(
    "org-access-exporter check-aws --config.file config.yml",
    "org-access-exporter check-aws --config.file config.yml --output json | jq .organizations",
)


@click.command("check-aws", epilog=_EXAMPLES)
@config_file()
@organization_option()
@option("--state.url", default=None, metavar="URL", help="The state of serve: a table is looked at too.")
@timeout()
@output_format("table", "json", what="The format.")
@quiet()
def check_aws(
    *,
    config_file: str | None,
    organization: str | None,
    state_url: str | None,
    timeout: float,
    output: str,
    quiet: bool,
) -> int:
    """Check with the real credentials that AWS gives what the configuration wants.

    Looks at identity, organization, every permission that is needed, one real report on the root, and how
    long it takes to read everything; it asks as serve does. Exits with 1 if anything that is needed failed or
    could not be checked. Changes nothing in AWS.
    """
    config = configured(config_file)
    wanted = [chosen(config_file, organization)] if organization else config.organizations
    from exporter.preflight import run  # noqa: PLC0415 - boto3; --help has no use for it
    from exporter.store import default_url  # noqa: PLC0415 - as above

    tell = _teller(output, quiet=quiet)
    found = run(wanted, state_url or default_url(), timeout, config.collection, quiet=quiet, tell=tell)
    if output == "json":
        click.echo(json.dumps(_document(found), indent=2))
    return 0 if found.passed else 1


def _teller(output: str, *, quiet: bool) -> "Callable[[str | Check], None]":
    """Prints each check as it is made; beside JSON, which is one document, for who sits at a terminal."""
    from exporter.output import Prose, console  # noqa: PLC0415 - as above
    from exporter.preflight import tick  # noqa: PLC0415 - as above

    if output == "json" and (quiet or not sys.stderr.isatty()):
        return lambda _: None
    page = console(sys.stderr if output == "json" else sys.stdout)

    def tell(what: "str | Check") -> None:
        page.print(*([Prose(what, "bold")] if isinstance(what, str) else tick(what, page.encoding)))

    return tell


def _document(found: "Findings") -> dict[str, Any]:
    organizations = [{"name": name, **_checks(checks)} for name, checks in found.organizations.items()]
    return {"ok": found.passed, "organizations": organizations, "state": _checks(found.state)}


def _checks(checks: tuple["Check", ...]) -> dict[str, Any]:
    from exporter.preflight import missing, passed  # noqa: PLC0415 - as above

    return {
        "ok": passed(checks),
        "missing_permissions": list(missing(checks)),
        "checks": [
            {
                "check": check.name,
                "result": check.result.value,
                "detail": check.detail,
                "remedy": check.remedy,
                "permission": check.permission or None,
            }
            for check in checks
        ],
    }
