"""The policies, and the templates that make roles with them, against what the program says it needs."""

import importlib.util
import json
import re
import subprocess
from pathlib import Path

import hcl2
import pytest

from exporter.config import parse
from exporter.permissions import OWN, Table, TrustKind, Workload, policies, trust_policy
from exporter.store.dynamodb.table import KEY_SCHEMA, KEY_TYPES
from tests.deploy import cloudformation

IAM = Path(__file__).parents[2] / "deploy" / "iam"
TEMPLATES = sorted(IAM.glob("cloudformation/*.yaml"))
MODULE = sorted(IAM.glob("terraform/*.tf"))
ROLE = IAM / "cloudformation" / "role.yaml"
TABLE = IAM / "cloudformation" / "table.yaml"

ACCOUNT = "111122223333"
PROVIDER = "oidc.example.com/id/1"
WORKLOAD = Workload(ACCOUNT, "aws", "monitoring", "org-access-exporter", PROVIDER)
OTHER = "arn:aws:iam::444455556666:role/reader"
ON_POLICIES = "organizations: [{targets: {policies: {enabled: true}}}]"
BY_ROLE = f"organizations: [{{role_arn: '{OTHER}'}}]"


def _generate():
    spec = importlib.util.spec_from_file_location("iam", IAM / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATED = _generate().files()


def needed(text="{}", table=None):
    """The policy that the program asks for."""
    return policies(parse(text, "c.yml"), table, ACCOUNT)[OWN]


def allowed(policy):
    """What a policy allows, whether said in one string or in a list of one."""
    return {
        (action, resource)
        for statement in policy["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def listed(value):
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_what_is_generated_is_up_to_date(path):
    assert path.read_text() == GENERATED[path]


def test_every_policy_is_what_the_program_prints():
    assert {*IAM.glob("*.json"), IAM / "README.md"} == set(GENERATED)
    for path in IAM.glob("*.json"):
        assert json.loads(GENERATED[path])["Version"] == "2012-10-17"


def test_no_policy_and_no_template_has_a_wildcard_among_its_actions():
    texts = {path: path.read_text() for path in [*GENERATED, *TEMPLATES, *MODULE]}
    actions = {
        path: re.findall(r"\b(?:iam|sts|dynamodb|organizations|eks):[\w*]+", text)
        for path, text in texts.items()
    }
    assert len(actions[ROLE]) > 15
    assert [found for names in actions.values() for found in names if "*" in found] == []
    assert [path for path, text in texts.items() if re.search(r'"?Action"?: *\[?"\*"', text)] == []


@pytest.mark.tool("cfn-lint")
def test_cfn_lint_finds_no_fault(tool):
    done = subprocess.run([tool("cfn-lint"), *TEMPLATES], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, needed()),
        ({"ReportOnPolicies": "true"}, needed(ON_POLICIES)),
        ({"StateTable": "states"}, needed(table=Table("states", "eu-central-1", "aws"))),
        ({"AssumeRoleArns": [OTHER]}, needed(BY_ROLE)),
    ],
    ids=["reads", "policies", "table", "cross-account"],
)
def test_cloudformations_role_may_do_what_the_program_needs_and_no_more(parameters, expected):
    role = cloudformation.resource(ROLE, "Role", **parameters)
    [policy] = role["Policies"]
    assert allowed(policy["PolicyDocument"]) == allowed(expected)


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"Trust": "PodIdentity"}, trust_policy(TrustKind.POD_IDENTITY, WORKLOAD)),
        ({"Trust": "IRSA", "OidcProvider": PROVIDER}, trust_policy(TrustKind.IRSA, WORKLOAD)),
        ({"Trust": "Account", "TrustedAccountId": ACCOUNT}, trust_policy(TrustKind.ACCOUNT, WORKLOAD)),
        (
            {"Trust": "Account", "TrustedAccountId": ACCOUNT, "ExternalId": "x"},
            trust_policy(TrustKind.ACCOUNT, WORKLOAD, "x"),
        ),
    ],
    ids=["pod-identity", "irsa", "account", "external-id"],
)
def test_cloudformations_role_trusts_whom_the_program_names(parameters, expected):
    assert cloudformation.resource(ROLE, "Role", **parameters)["AssumeRolePolicyDocument"] == expected


def test_cloudformations_table_is_the_one_the_program_would_make():
    table = cloudformation.resource(TABLE, "Table")
    assert (table["KeySchema"], table["BillingMode"]) == (KEY_SCHEMA, "PAY_PER_REQUEST")
    assert table["AttributeDefinitions"] == KEY_TYPES


def plain(part):
    """What hcl2 read, without the quotes that it leaves around text."""
    match part:
        case dict():
            return {plain(key): plain(item) for key, item in part.items()}
        case list():
            return [plain(item) for item in part]
        case str():
            return part.removeprefix('"').removesuffix('"')
    return part


def blocks(kind):
    """The blocks of the module of this kind, such as ``resource``: type and name to body."""
    return {
        (type_, name): body
        for path in MODULE
        for block in plain(hcl2.loads(path.read_text())).get(kind, [])
        for type_, named in block.items()
        if isinstance(named, dict)
        for name, body in named.items()
    }


def statements(name):
    """The statements of a policy document of the module."""
    document = blocks("data")["aws_iam_policy_document", name]
    return [content for item in document["dynamic"] for content in item["statement"]["content"]]


KNOWN = {
    "${local.partition}": "aws",
    "${local.account}": ACCOUNT,
    "${var.assume_role_arns}": OTHER,
    "${aws_dynamodb_table.state[0].arn}": f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/states",
    "${var.oidc_provider}": PROVIDER,
    "${var.namespace}": WORKLOAD.namespace,
    "${var.service_account}": WORKLOAD.service_account,
    "${var.trusted_account_id}": ACCOUNT,
    "${var.external_id}": "x",
}


def filled(text):
    for reference, value in KNOWN.items():
        text = text.replace(reference, value)
    return text


def test_terraforms_role_may_do_what_the_program_needs_and_no_more():
    found = {
        (action, filled(resource))
        for statement in statements("permissions")
        for action in statement["actions"]
        for resource in listed(statement["resources"])
    }
    table = Table("states", "eu-central-1", "aws")
    assert found == allowed(needed(ON_POLICIES, table)) | allowed(needed(BY_ROLE))


def test_terraforms_role_trusts_whom_the_program_names():
    expected = [
        trust_policy(kind, WORKLOAD, "x")["Statement"][0]
        for kind in (TrustKind.POD_IDENTITY, TrustKind.IRSA, TrustKind.ACCOUNT)
    ]
    assert [trusted(statement) for statement in statements("trust")] == [
        {**item, "Action": listed(item["Action"])} for item in expected
    ]


def trusted(statement):
    """A statement of Terraform's as IAM has it."""
    [who] = statement["principals"]
    conditions = statement.get("condition") or [
        content for item in statement["dynamic"] for content in item["condition"]["content"]
    ]
    return {
        "Effect": "Allow",
        "Principal": {who["type"]: filled(who["identifiers"][0])},
        "Action": statement["actions"],
        "Condition": {
            "StringEquals": {filled(item["variable"]): filled(item["values"][0]) for item in conditions}
        },
    }


def test_terraforms_table_is_the_one_the_program_would_make():
    table = blocks("resource")["aws_dynamodb_table", "state"]
    keys = {"HASH": table["hash_key"], "RANGE": table["range_key"]}
    assert keys == {item["KeyType"]: item["AttributeName"] for item in KEY_SCHEMA}
    assert [(item["name"], item["type"]) for item in table["attribute"]] == [
        (item["AttributeName"], item["AttributeType"]) for item in KEY_TYPES
    ]
    assert table["billing_mode"] == "PAY_PER_REQUEST"


def test_every_variable_of_the_module_is_used_and_every_one_that_is_used_is_there():
    text = "\n".join(path.read_text() for path in MODULE)
    declared = set(re.findall(r'^variable "(\w+)"', text, re.MULTILINE))
    assert declared == set(re.findall(r"\bvar\.(\w+)", text))
