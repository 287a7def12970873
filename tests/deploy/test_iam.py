"""The policies, and the templates that make roles with them, against what the program says it needs."""

import importlib.util
import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import hcl2
import pytest

from exporter.config import parse
from exporter.permissions import Table, TrustKind, Workload, policies, trust_policy
from exporter.permissions.principals import OWN
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
TAGGED = replace(WORKLOAD, pod_identity=True)
OTHER = "arn:aws:iam::444455556666:role/reader"
ON_POLICIES = "organizations: [{targets: {policies: {enabled: true}}}]"
BY_ROLE = f"organizations: [{{role_arn: '{OTHER}'}}]"


def _generate():
    spec = importlib.util.spec_from_file_location("iam", IAM / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATED = _generate().files()


def needed(text="{}", table=None, *, pod_identity=False):
    """The policy that the program asks for."""
    return policies(parse(text, "c.yml"), table, ACCOUNT, pod_identity=pod_identity)[OWN]


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
        ({"AssumeRoleArns": [OTHER]}, needed(BY_ROLE, pod_identity=True)),
        ({"AssumeRoleArns": [OTHER], "Trust": "EcsTasks"}, needed(BY_ROLE)),
    ],
    ids=["reads", "policies", "table", "pod identity", "cross-account"],
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
        (
            {"Trust": "Account", "TrustedAccountId": ACCOUNT, "FromPodIdentity": "true"},
            trust_policy(TrustKind.ACCOUNT, TAGGED),
        ),
        ({"Trust": "EcsTasks"}, trust_policy(TrustKind.ECS_TASKS, WORKLOAD)),
        ({"Trust": "EC2"}, trust_policy(TrustKind.EC2, WORKLOAD)),
        (
            {"Trust": "EC2", "AWS::Partition": "aws-cn", "AWS::URLSuffix": "amazonaws.com.cn"},
            trust_policy(TrustKind.EC2, replace(WORKLOAD, partition="aws-cn")),
        ),
    ],
    ids=["pod-identity", "irsa", "account", "external-id", "from pod identity", "ecs", "ec2", "ec2 in china"],
)
def test_cloudformations_role_trusts_whom_the_program_names(parameters, expected):
    assert cloudformation.resource(ROLE, "Role", **parameters)["AssumeRolePolicyDocument"] == expected


def test_cloudformations_table_is_the_one_the_program_would_make():
    table = cloudformation.resource(TABLE, "Table")
    assert (table["KeySchema"], table["BillingMode"]) == (KEY_SCHEMA, "PAY_PER_REQUEST")
    assert table["AttributeDefinitions"] == KEY_TYPES


KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1"


def test_cloudformations_table_has_the_key_and_the_recovery_that_are_asked_for():
    plain_, kept = (
        cloudformation.resource(TABLE, "Table", **given)
        for given in ({}, {"KeyArn": KEY, "PointInTimeRecovery": "true"})
    )
    assert ("SSESpecification" in plain_, kept["SSESpecification"]["KMSMasterKeyId"]) == (False, KEY)
    assert [
        table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] for table in (plain_, kept)
    ] == ["false", "true"]


def test_who_has_a_table_with_a_key_may_use_the_key_through_dynamodb_alone():
    role = cloudformation.resource(ROLE, "Role", StateTable="states", StateKeyArn=KEY)
    [use] = [item for item in role["Policies"][0]["PolicyDocument"]["Statement"] if item["Sid"] == "UseKey"]
    assert (use["Resource"], "kms:Decrypt" in use["Action"]) == (KEY, True)
    assert use["Condition"] == {"StringEquals": {"kms:ViaService": "dynamodb.eu-central-1.amazonaws.com"}}
    [same] = [item for item in statements("permissions") if plain(item["sid"]) == "UseKey"]
    assert set(same["actions"]) == set(use["Action"])


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
    "${data.aws_partition.this.dns_suffix}": "amazonaws.com",
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
        for action in chosen(statement["actions"])
        for resource in listed(statement["resources"])
        if statement["sid"] != "UseKey"
    }
    table = Table("states", "eu-central-1", "aws")
    assert found == allowed(needed(ON_POLICIES, table)) | allowed(needed(BY_ROLE, pod_identity=True))


def test_terraforms_role_trusts_whom_the_program_names():
    expected = [
        trust_policy(kind, TAGGED, "x")["Statement"][0]
        for kind in (
            TrustKind.POD_IDENTITY,
            TrustKind.IRSA,
            TrustKind.ACCOUNT,
            TrustKind.ECS_TASKS,
            TrustKind.EC2,
        )
    ]
    assert [trusted(statement) for statement in statements("trust")] == [
        {**item, "Action": listed(item["Action"])} for item in expected
    ]


def chosen(actions):
    """Actions; of two lists that a variable chooses between, the first."""
    if isinstance(actions, list):
        return actions
    return re.findall(r'"([a-z]+:\w+)"', actions.partition("?")[2].partition(" : ")[0])


def trusted(statement):
    """A statement of Terraform's as IAM has it."""
    [who] = statement["principals"]
    conditions = statement.get("condition") or [
        content for item in statement.get("dynamic", []) for content in item["condition"]["content"]
    ]
    tests = {}
    for item in conditions:
        tests.setdefault(item["test"], {})[filled(item["variable"])] = filled(item["values"][0])
    made = {
        "Effect": "Allow",
        "Principal": {who["type"]: filled(who["identifiers"][0])},
        "Action": chosen(statement["actions"]),
    }
    return {**made, "Condition": tests} if tests else made


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
