"""Writes the policies in this directory, each by the command that a user would type: ``POLICIES``."""

import sys
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from exporter.cli.print_iam_policy import print_iam_policy

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
README = HERE / "README.md"
_BEGIN, _END = "| --- | --- | --- |\n", "\n\n[cloudformation/"


class Policy(NamedTuple):
    """A file, what it is, and the flags of ``print-iam-policy`` that print it."""

    file: str
    what: str
    flags: str = ""


# Accounts and provider as AWS's own documentation has them in examples.
_POD = "--account-id 444455556666 --namespace monitoring"
_PROVIDER = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
_CROSS = "--config.file deploy/iam/cross-account.yml"
_TABLE = "--state.url dynamodb://org-access-exporter?region=eu-central-1"
POLICIES = (
    Policy("policy.json", "what reading the organization takes"),
    Policy(
        "policy-with-table.json",
        "the same, and a shared state in DynamoDB",
        f"--account-id 111122223333 {_TABLE}",
    ),
    Policy(
        "policy-cross-account.json",
        "for the pod outside the management account: becoming the role that is in it",
        f"{_CROSS} --principal exporter",
    ),
    Policy(
        "trust-irsa.json",
        "trust in a service account, by the cluster's OIDC provider",
        f"--trust irsa {_POD} --oidc-provider {_PROVIDER}",
    ),
    Policy(
        "trust-pod-identity.json",
        "trust in a service account, by EKS Pod Identity",
        f"--trust pod-identity {_POD}",
    ),
    Policy("trust-cross-account.json", "trust in the exporter's account", f"{_CROSS} --trust account {_POD}"),
    Policy(
        "policy-cross-account-pod-identity.json",
        "becoming that role with EKS Pod Identity, whose sessions pass on tags",
        f"{_CROSS} --principal exporter --pod-identity",
    ),
    Policy(
        "trust-cross-account-pod-identity.json",
        "trust in the exporter's account, where its pod has Pod Identity",
        f"{_CROSS} --trust account {_POD} --pod-identity",
    ),
    Policy("trust-ecs-tasks.json", "trust in tasks of ECS", "--trust ecs-tasks --account-id 444455556666"),
    Policy("trust-ec2.json", "trust in instances of EC2", "--trust ec2"),
)


def printed(flags: str) -> str:
    """What ``print-iam-policy`` says."""
    words = [str(ROOT / word) if word.startswith("deploy/") else word for word in flags.split()]
    return CliRunner().invoke(print_iam_policy, words, catch_exceptions=False).stdout


def readme() -> str:
    """The page about them, with its table as ``POLICIES`` has it."""
    rows = [f"| [{item.file}]({item.file}) | {item.what} | `{item.flags}` |" for item in POLICIES]
    text = README.read_text(encoding="utf-8")
    start, end = text.index(_BEGIN) + len(_BEGIN), text.index(_END)
    return text[:start] + "\n".join(rows).replace("``", "no flag") + text[end:]


def files() -> dict[Path, str]:
    """What every generated file should hold."""
    return {**{HERE / item.file: printed(item.flags) for item in POLICIES}, README: readme()}


def main() -> int:
    """Write all files."""
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
