"""``print-iam-policy``: what the exporter has to be allowed, and who may become its role."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from exporter.cli.options import config_file, configured, examples, option, quiet
from exporter.errors import UserError

if TYPE_CHECKING:
    from exporter.config import Config
    from exporter.permissions import Table

_ACCOUNT_ID = "<ACCOUNT_ID>"
_OIDC_PROVIDER = "<OIDC_PROVIDER>"
_PLACES = {_ACCOUNT_ID: "--account-id", _OIDC_PROVIDER: "--oidc-provider"}
_EXAMPLES = examples(
    "org-access-exporter print-iam-policy --config.file config.yml",
    "org-access-exporter print-iam-policy --config.file config.yml \\\n"
    "    --principal arn:aws:iam::111122223333:role/org-access-exporter",
    "org-access-exporter print-iam-policy --trust pod-identity --namespace monitoring",
)


@click.command("print-iam-policy", epilog=_EXAMPLES)
@config_file()
@option(
    "--state.url", default="memory:", metavar="URL", help="The state of serve: a table takes permissions."
)
@option("--state.create", is_flag=True, help="As for serve: making the table takes a permission more.")
@click.option(
    "--principal",
    metavar="NAME",
    help='Only this one\'s policy: "exporter", "profile NAME" or the ARN of a role.',
)
@click.option(
    "--trust",
    type=click.Choice(["irsa", "pod-identity", "account", "ecs-tasks", "ec2"]),
    help="Print the role's trust policy instead: for a pod's service account (IRSA or EKS Pod Identity), "
    "for the account the exporter runs in, for tasks of ECS, or for instances of EC2.",
)
@click.option(
    "--pod-identity",
    is_flag=True,
    help="The exporter's own credentials are EKS Pod Identity's: to become another role, its sessions, which "
    "pass on tags, have to be allowed sts:TagSession as well, by their policy and by that role's trust.",
)
@click.option("--account-id", metavar="ID", default="", help="The account the exporter runs in.")
@click.option(
    "--oidc-provider",
    metavar="HOST/PATH",
    default="",
    help="The cluster's OIDC issuer, for --trust irsa.",
)
@click.option("--namespace", default="default", show_default=True, help="The pod's namespace.")
@click.option(
    "--service-account",
    default="org-access-exporter",
    show_default=True,
    help="The pod's service account.",
)
@quiet()
def print_iam_policy(
    *,
    config_file: str | None,
    state_url: str,
    state_create: bool,
    principal: str | None,
    trust: str | None,
    pod_identity: bool,
    quiet: bool,
    **workload: str,
) -> None:
    """Print the IAM policy that a configuration needs.

    With roles to assume, or profiles, each principal has a policy of its own, and the JSON has one under
    the name of each: "exporter" for the credentials that boto3 finds by itself, the ARN for a role.
    """
    config = configured(config_file)
    if trust:
        printed = _trust(config, trust, principal, workload, pod_identity=pod_identity)
    else:
        table = _table(state_url, create=state_create)
        printed = _policy(config, table, principal, workload["account_id"], pod_identity=pod_identity)
    text = json.dumps(printed, indent=2)
    click.echo(text)
    if not quiet:
        for note in _notes(text, trust, pod_identity=pod_identity):
            click.echo(f"note: {note}", err=True)


def _notes(text: str, trust: str | None, *, pod_identity: bool) -> Iterator[str]:
    """What is left to fill in, and what cannot be known from here."""
    for place, flag in _PLACES.items():
        if place in text:
            yield f"fill in {place}, or give {flag}"
    becomes_another = trust == "account" or (trust is None and "sts:AssumeRole" in text)
    if becomes_another and not pod_identity:
        yield "where the exporter has its credentials by EKS Pod Identity, give --pod-identity"


def _policy(
    config: "Config", table: "Table | None", principal: str | None, account_id: str, *, pod_identity: bool
) -> Mapping[str, Any]:
    from exporter.permissions import policies  # noqa: PLC0415 - pydantic takes a while; --help has no use for it

    found = policies(config, table, account_id, pod_identity=pod_identity)
    if principal is None:
        return next(iter(found.values())) if len(found) == 1 else found
    if principal not in found:
        raise UserError(f"no principal {principal!r} in this configuration; it has {', '.join(found)}")
    return found[principal]


def _trust(
    config: "Config",
    kind: str,
    principal: str | None,
    workload: Mapping[str, str],
    *,
    pod_identity: bool,
) -> Mapping[str, Any]:
    from exporter.permissions import TrustKind, Workload, trust_policy  # noqa: PLC0415 - as above

    return trust_policy(
        TrustKind(kind),
        Workload(
            account_id=workload["account_id"] or _ACCOUNT_ID,
            partition=config.organizations[0].partition,
            namespace=workload["namespace"],
            service_account=workload["service_account"],
            oidc_provider=workload["oidc_provider"].removeprefix("https://") or _OIDC_PROVIDER,
            pod_identity=pod_identity,
        ),
        _external_id(config, principal) if kind == TrustKind.ACCOUNT else None,
    )


def _external_id(config: "Config", principal: str | None) -> str | None:
    """That of the role whose trust is asked for: an assumed role is the one that may have one."""
    found = {
        organization.role_arn: organization.external_id.reveal() if organization.external_id else None
        for organization in config.organizations
        if organization.role_arn and principal in {None, organization.role_arn}
    }
    if len(set(found.values())) > 1:
        raise UserError(
            f"the roles have different external ids: choose one by --principal: {', '.join(found)}"
        )
    return next(iter(found.values()), None)


def _table(url: str, *, create: bool) -> "Table | None":
    from exporter.config.syntax import partition_of  # noqa: PLC0415 - as above
    from exporter.permissions import Table  # noqa: PLC0415 - as above
    from exporter.store.address import DYNAMODB, TableAddress  # noqa: PLC0415 - as above

    if not url.startswith(DYNAMODB):
        return None
    address = TableAddress.parsed(url)
    # Without a region, boto3 finds one where the exporter runs.
    return Table(address.table, address.region or "*", partition_of(address.region or ""), create)
