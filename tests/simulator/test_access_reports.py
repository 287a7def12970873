"""IAM's two operations, asked by boto3 over HTTP."""

import itertools
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from exporter.model import EntityType, ServiceAccess
from exporter.simulator import Fault, FaultKind

_GENERATE, _GET = "GenerateOrganizationsAccessReport", "GetOrganizationsAccessReport"


def _refusal(ask):
    with pytest.raises(ClientError) as error:
        ask()
    answer = error.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def _row(detail):
    last = detail.get("LastAuthenticatedTime")
    return ServiceAccess(
        namespace=detail["ServiceNamespace"],
        name=detail["ServiceName"],
        region=detail.get("Region", ""),
        entity_path=detail.get("EntityPath", ""),
        last_authenticated=last.timestamp() if last else None,
        authenticated_entities=detail["TotalAuthenticatedEntities"],
    )


def _rows(answer):
    return tuple(_row(detail) for detail in answer["AccessDetails"])


def _policy(aws, name):
    return next(one.id for one in aws.organization.policies.values() if one.name == name)


@pytest.fixture
def iam(aws):
    return aws.client("iam")


@pytest.fixture
def root(aws):
    return aws.organization.root.path


def test_a_running_job_tells_only_its_status_and_creation_date(aws, iam, root):
    answer = iam.get_organizations_access_report(JobId=aws.generate(iam, root))
    created = datetime.fromtimestamp(aws.clock.now, UTC)
    del answer["ResponseMetadata"]
    assert answer == {"JobStatus": "IN_PROGRESS", "JobCreationDate": created, "IsTruncated": False}


def test_every_field_of_every_report_is_the_truth(simulate):
    aws = simulate(accounts=12, hostile_names=True)
    for entity in aws.organization.entities.values():
        created = aws.clock.now
        answer = aws.report(entity.path)
        truth = aws.simulation.truth(entity.path, at=created)
        assert answer["JobStatus"] == "COMPLETED"
        assert _rows(answer) == truth.rows
        assert answer["NumberOfServicesAccessible"] == truth.accessible == len(truth.rows)
        assert answer["NumberOfServicesNotAccessed"] == truth.not_accessed
        aws.clock.advance(60)


def test_dates_say_when_the_job_ran(aws, root):
    created = aws.clock.now
    answer = aws.report(root)
    assert answer["JobCreationDate"].timestamp() == created
    assert 5.9 <= answer["JobCompletionDate"].timestamp() - created <= 11.7
    assert aws.simulation.jobs[0].ends == pytest.approx(answer["JobCompletionDate"].timestamp(), abs=1e-3)


def test_a_report_says_what_was_true_when_it_was_asked_for(aws, iam, root):
    job_id = aws.generate(iam, root)
    aws.clock.advance(86400)
    assert _rows(iam.get_organizations_access_report(JobId=job_id, MaxItems=1000)) == (
        aws.simulation.truth(root, at=aws.clock.now - 86400).rows
    )


def test_activity_moves_between_two_reports(aws, root):
    first = {row.namespace: row.last_authenticated for row in _rows(aws.report(root))}
    aws.clock.advance(6 * 3600)
    second = {row.namespace: row.last_authenticated for row in _rows(aws.report(root))}
    moved = [name for name, last in second.items() if last and last > (first[name] or 0)]
    assert len(moved) > 10
    assert all((second[name] or 0) >= (last or 0) for name, last in first.items())
    assert any(first[name] is None for name in moved)


def test_the_counts_follow_the_tree(aws):
    def accessible(name):
        return aws.simulation.truth(aws.entity(name).path).accessible

    everything = aws.simulation.truth(aws.organization.management_account.path).accessible
    assert accessible("Suspended") == 3
    assert accessible("Sandbox") < accessible("Prod") < accessible("Workloads") < everything
    assert accessible("Workloads") == accessible("Root")


def test_the_root_counts_all_accounts_but_the_management_account(aws, root):
    rows = _rows(aws.report(root))
    members = [account.path for account in aws.organization.member_accounts(aws.organization.root)]
    uses = {
        path: {row.namespace for row in aws.simulation.truth(path, at=aws.clock.now - 12).rows if row.region}
        for path in members
    }
    assert len(uses) == 30
    sts = next(row for row in rows if row.namespace == "sts")
    assert 20 < (sts.authenticated_entities or 0) <= 30
    management = aws.organization.management_account.path
    assert {row.entity_path for row in rows if row.entity_path} <= set(members) - {management}


def test_an_account_that_used_a_service_is_the_one_entity_of_its_report(aws):
    account = next(aws.organization.member_accounts(aws.entity("Prod")))
    rows = _rows(aws.report(account.path))
    used = [row for row in rows if row.last_authenticated]
    assert used
    assert {(row.entity_path, row.authenticated_entities) for row in used} == {(account.path, 1)}


def test_a_row_names_the_account_that_used_the_service_last(aws):
    unit = aws.entity("Workloads")
    rows = {row.namespace: row for row in _rows(aws.report(unit.path))}
    at = aws.clock.now - 12
    for account in aws.organization.member_accounts(unit):
        for own in aws.simulation.truth(account.path, at=at).rows:
            if own.last_authenticated and own.namespace in rows:
                latest = rows[own.namespace]
                assert latest.last_authenticated >= own.last_authenticated
                if latest.entity_path == account.path:
                    assert (latest.region, latest.last_authenticated) == (own.region, own.last_authenticated)


def test_the_management_account_is_bound_by_no_scp_and_a_policy_is_ignored(aws):
    path = aws.organization.management_account.path
    assert aws.simulation.truth(path).accessible > 360
    assert aws.simulation.truth(path, _policy(aws, "DenyEverything")) == aws.simulation.truth(path)


def test_iam_that_nobody_used_has_a_region_all_the_same(aws):
    accounts = aws.organization.member_accounts(aws.entity("Workloads"))
    rows = itertools.chain.from_iterable(aws.simulation.truth(account.path).rows for account in accounts)
    unused = [row for row in rows if row.last_authenticated is None]
    assert {row.region for row in unused if row.namespace == "iam"} == {"us-east-1"}
    assert {row.region for row in unused if row.namespace != "iam"} == {""}


def test_iams_region_without_a_time_reaches_the_client(aws):
    accounts = aws.organization.member_accounts(aws.entity("Workloads"))
    account = next(
        one
        for one in accounts
        if any(
            row.namespace == "iam" and not row.last_authenticated
            for row in aws.simulation.truth(one.path).rows
        )
    )
    details = aws.report(account.path)["AccessDetails"]
    assert [detail for detail in details if detail["ServiceNamespace"] == "iam"] == [
        {
            "ServiceName": "AWS Identity and Access Management",
            "ServiceNamespace": "iam",
            "Region": "us-east-1",
            "TotalAuthenticatedEntities": 0,
        }
    ]


def test_a_policy_report_lists_what_that_policy_alone_allows(aws, root):
    sandbox = aws.entity("Sandbox").path
    policy = _policy(aws, "SandboxAllowList")
    rows = _rows(aws.report(sandbox, policy))
    assert rows == aws.simulation.truth(sandbox, policy, at=aws.clock.now - 12).rows
    assert {row.namespace for row in rows} >= {"s3", "ec2"}
    assert any(row.last_authenticated for row in rows)


def test_a_policy_report_covers_only_the_accounts_it_applies_to(aws, root):
    sandbox, policy = aws.entity("Sandbox").path, _policy(aws, "SandboxAllowList")
    assert aws.simulation.truth(root, policy) == aws.simulation.truth(sandbox, policy)


def test_a_policy_that_is_not_attached_lists_services_without_data(aws):
    security, policy = aws.entity("Security").path, _policy(aws, "SandboxAllowList")
    report = aws.simulation.truth(security, policy)
    assert report.accessible == report.not_accessed > 0


def test_a_policy_that_only_denies_lists_nothing(aws, root):
    answer = aws.report(root, _policy(aws, "DenyRetiredServices"))
    assert answer["JobStatus"] == "COMPLETED"
    assert answer["NumberOfServicesAccessible"] == answer["NumberOfServicesNotAccessed"] == 0
    assert answer["AccessDetails"] == []


@pytest.mark.parametrize("path", ["{root}/", "{root}/ou-none-00000000", "{root}/123456789012"])
def test_a_wrong_path_fails_late(aws, root, path):
    answer = aws.report(path.format(root=root))
    assert answer["JobStatus"] == "FAILED"
    assert answer["ErrorDetails"]["Code"] == "INVALID_ORGANIZATIONS_ENTITY_PATH"
    assert 1.2 <= (answer["JobCompletionDate"] - answer["JobCreationDate"]).total_seconds() <= 1.4
    assert "AccessDetails" not in answer


def test_an_unknown_policy_fails_late(aws, root):
    assert aws.report(root, "p-unknown00")["ErrorDetails"]["Code"] == "INVALID_ORGANIZATIONS_POLICY"


def test_another_account_may_not_read_reports_either(aws):
    member = next(aws.organization.member_accounts(aws.organization.root))
    iam = aws.session("iam", member.id)
    assert _refusal(lambda: iam.get_organizations_access_report(JobId=_JOB))[:2] == (403, "AccessDenied")


def test_missing_permissions_fail_late(aws, root):
    aws.simulation.faults.add(Fault(FaultKind.FAILED))
    details = aws.report(root)["ErrorDetails"]
    assert details["Code"] == "ORGANIZATIONS_REPORT_ACCESS_DENIED"
    assert details["Message"].startswith("Requester is not authorized")


def test_a_foreign_organization_is_denied_at_once(aws, iam):
    assert _refusal(lambda: aws.generate(iam, "o-foreign0000/r-abcd"))[:2] == (403, "AccessDenied")


def test_another_account_than_the_management_account_is_denied(aws, root):
    member = next(aws.organization.member_accounts(aws.organization.root))
    iam = aws.session("iam", member.id)
    assert _refusal(lambda: aws.generate(iam, root))[:2] == (403, "AccessDenied")


@pytest.mark.parametrize("switch", ["scps_enabled", "all_features"])
def test_without_scps_there_are_no_reports(simulate, switch):
    aws = simulate(**{switch: False})
    iam = aws.client("iam")
    assert _refusal(lambda: aws.generate(iam, aws.organization.root.path))[:2] == (403, "AccessDenied")


def test_a_second_job_is_told_that_one_is_running(aws, iam, root):
    aws.generate(iam, root)
    assert _refusal(lambda: aws.generate(iam, aws.entity("Prod").path)) == (
        409,
        "ReportGenerationLimitExceeded",
        "Maximum number of concurrent jobs exceeded",
    )


def test_a_409_is_the_exception_that_boto3_knows(aws, iam, root):
    aws.generate(iam, root)
    with pytest.raises(iam.exceptions.ReportGenerationLimitExceededException):
        aws.generate(iam, aws.entity("Prod").path)


def test_another_session_of_the_same_role_cannot_read_the_report(aws, root):
    management = aws.organization.management_account.id
    mine, theirs = (aws.session("iam", management) for _ in range(2))
    job_id = aws.generate(mine, root)
    assert mine.get_organizations_access_report(JobId=job_id)["JobStatus"] == "IN_PROGRESS"
    with pytest.raises(theirs.exceptions.NoSuchEntityException):
        theirs.get_organizations_access_report(JobId=job_id)


def _pages(iam, job_id, **parameters):
    pages, marker = [], {}
    while True:
        page = iam.get_organizations_access_report(JobId=job_id, **parameters, **marker)
        pages.append(page)
        if not page["IsTruncated"]:
            return pages
        marker = {"Marker": page["Marker"]}


def test_pages_put_together_are_the_whole_report(aws, iam, root):
    job_id = aws.generate(iam, root)
    aws.clock.advance(12)
    pages = _pages(iam, job_id, MaxItems=50)
    rows = [row for page in pages for row in _rows(page)]
    assert tuple(rows) == aws.simulation.truth(root, at=aws.clock.now - 12).rows
    assert {len(page["AccessDetails"]) for page in pages[:-1]} == {50}


def test_a_page_has_100_rows_unless_told_otherwise(aws, iam, root):
    job_id = aws.generate(iam, root)
    aws.clock.advance(12)
    assert len(iam.get_organizations_access_report(JobId=job_id)["AccessDetails"]) == 100


def test_pages_may_be_shorter_than_asked_for(simulate):
    aws = simulate(page_limit=70)
    answer = aws.report(aws.organization.root.path)
    assert len(answer["AccessDetails"]) == 70
    assert answer["IsTruncated"]


@pytest.mark.parametrize("way", ["ASCENDING", "DESCENDING"])
def test_rows_can_be_sorted_by_namespace(aws, iam, root, way):
    job_id = aws.generate(iam, root)
    aws.clock.advance(12)
    pages = _pages(iam, job_id, SortKey=f"SERVICE_NAMESPACE_{way}", MaxItems=100)
    names = [row.namespace for page in pages for row in _rows(page)]
    assert names == sorted(names, reverse=way == "DESCENDING")


@pytest.mark.parametrize("way", ["ASCENDING", "DESCENDING"])
def test_rows_can_be_sorted_by_time(aws, iam, root, way):
    job_id = aws.generate(iam, root)
    aws.clock.advance(12)
    pages = _pages(iam, job_id, SortKey=f"LAST_AUTHENTICATED_TIME_{way}", MaxItems=100)
    times = [row.last_authenticated or 0.0 for page in pages for row in _rows(page)]
    assert times == sorted(times, reverse=way == "DESCENDING")
    assert len(set(times)) > 20


def test_a_marker_belongs_to_its_job_and_its_sort_key(aws, iam, root):
    job_id = aws.generate(iam, root)
    aws.clock.advance(61)
    other = aws.generate(iam, aws.entity("Prod").path)
    aws.clock.advance(12)
    marker = iam.get_organizations_access_report(JobId=job_id, MaxItems=5)["Marker"]
    wrong = [
        {"JobId": other, "Marker": marker},
        {"JobId": job_id, "Marker": marker, "SortKey": "SERVICE_NAMESPACE_DESCENDING"},
        {"JobId": job_id, "Marker": "made up"},
    ]
    for parameters in wrong:
        ask = lambda parameters=parameters: iam.get_organizations_access_report(**parameters)  # noqa: E731 - one call
        assert _refusal(ask)[:2] == (400, "InvalidInput")


_JOB = "0" * 36
_PATH = "o-aaaaaaaaaa/r-aaaa"


@pytest.mark.parametrize(
    ("method", "parameters", "told"),
    [
        ("generate", {}, "entityPath"),
        ("generate", {"EntityPath": "o-a/r-b"}, "length between 19 and 427"),
        ("generate", {"EntityPath": "o-AAAAAAAAAA/r-aaaa"}, "regular expression"),
        ("generate", {"EntityPath": f"{_PATH}/" + "a" * 427}, "length between 19 and 427"),
        ("generate", {"EntityPath": _PATH, "OrganizationsPolicyId": "p-short"}, "organizationsPolicyId"),
        ("get", {}, "jobId"),
        ("get", {"JobId": "short"}, "length between 36 and 36"),
        ("get", {"JobId": _JOB, "MaxItems": 0}, "value between 1 and 1000"),
        ("get", {"JobId": _JOB, "MaxItems": 1001}, "value between 1 and 1000"),
        ("get", {"JobId": _JOB, "SortKey": "BY_TASTE"}, "enum value set"),
        ("get", {"JobId": _JOB, "Marker": "\u0100"}, "regular expression"),
        ("get", {"JobId": _JOB, "Marker": "x" * 321}, "length between 1 and 320"),
        ("get", {"JobId": "short", "MaxItems": 0}, "2 validation errors detected"),
    ],
)
def test_parameters_are_checked_as_aws_checks_them(aws, method, parameters, told):
    iam = aws.client("iam", parameter_validation=False)
    status, code, message = _refusal(
        lambda: getattr(iam, f"{method}_organizations_access_report")(**parameters)
    )
    assert (status, code) == (400, "ValidationError")
    assert told in message


def test_an_unknown_job_is_no_such_entity(iam):
    assert _refusal(lambda: iam.get_organizations_access_report(JobId=_JOB))[:2] == (404, "NoSuchEntity")


def test_a_partition_has_its_own_arns_and_regions(simulate):
    aws = simulate(partition="aws-us-gov", accounts=5, ous=0)
    assert (
        aws.client("organizations")
        .describe_organization()["Organization"]["Arn"]
        .startswith("arn:aws-us-gov:")
    )
    regions = {row.region for row in aws.simulation.truth(aws.organization.root.path).rows}
    assert regions == {"", "us-gov-west-1"}


def test_accounts_appear_in_their_parents_subtree(aws):
    for unit in aws.organization.entities.values():
        if unit.type is EntityType.ORGANIZATIONAL_UNIT:
            members = list(aws.organization.member_accounts(unit))
            assert all(member.path.startswith(f"{unit.path}/") for member in members)


def test_there_is_no_truth_about_what_does_not_exist(aws):
    with pytest.raises(LookupError):
        aws.simulation.truth("o-none/r-none")
