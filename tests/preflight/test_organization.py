"""What the simulated AWS does not do by itself: answers of a few lines, to every question."""

import pytest

from exporter.aws import Identity
from exporter.config import parse
from exporter.errors import DeniedError, RefusedError, TransitError
from exporter.job import Job
from exporter.model import Discovery
from exporter.preflight import Preflight, Result

ACCOUNT = "999999999999"
ROOT = {
    "Id": "r-root",
    "Arn": f"arn:aws:organizations::{ACCOUNT}:root/o-org/r-root",
    "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY"}],
}
ANSWERS = {
    "organizations:DescribeOrganization": {
        "Organization": {"Id": "o-org", "MasterAccountId": ACCOUNT, "FeatureSet": "ALL"}
    },
    "organizations:ListRoots": {"Roots": [ROOT]},
}
OFF = ", ".join(f"{name}: {{enabled: false}}" for name in ("root", "ous", "management_account", "accounts"))
JOB_ID = "2a3b4c5d-0000-4111-8222-333344445555"


class FakeProber:
    """Answers what ``ANSWERS`` or the test says; errors are raised."""

    def __init__(self, **answers):
        self._answers = ANSWERS | {f"organizations:{name}": answer for name, answer in answers.items()}

    def identity(self):
        return Identity(ACCOUNT, "arn:aws:iam::999999999999:user/me")

    def call(self, action, **_):
        answer = self._answers.get(action, {})
        if isinstance(answer, Exception):
            raise answer
        return answer


def failing(code, message=""):
    return Job(deadline=0.0).failed(code, message)


def checks(text="{}", report=lambda _: failing("NO"), read=lambda _: failing("NO"), **answers):
    prober = FakeProber(**answers)
    found = Preflight(
        parse(text, "c.yml").organizations[0],
        own=prober,
        prober=prober,
        report=report,
        read=read,
        discover=lambda: Discovery("o-org", ACCOUNT, "aws", ()),
    ).run()
    return {check.name: check for check in found}


def raising(error):
    def ask(_):
        raise error

    return ask


def denied(operation):
    return DeniedError(operation, "AccessDenied", "no")


def test_an_account_outside_any_organization_is_told_so():
    error = DeniedError("DescribeOrganization", "AWSOrganizationsNotInUseException", "no")
    found = checks(DescribeOrganization=error)
    assert found["organization"].result is Result.FAILED
    assert found["permissions"].result is Result.SKIPPED


def test_a_call_that_was_lost_is_no_missing_permission():
    found = checks(ListParents=TransitError("ListParents", "Timeout", "late"))
    assert found["organizations:ListParents"].result is Result.WARNING


def test_a_refusal_for_another_reason_shows_that_the_permission_is_there():
    found = checks(ListParents=RefusedError("ListParents", "ChildNotFoundException", "none"))
    assert found["organizations:ListParents"].result is Result.OK


def test_the_root_is_known_from_an_account_where_the_root_may_not_be_listed():
    accounts = {"Accounts": [{"Paths": ["o-org/r-root/999999999999/"]}]}
    asked = []
    checks(
        report=lambda entity: asked.append(entity.path) or failing("NO"),
        ListRoots=denied("ListRoots"),
        ListAccounts=accounts,
    )
    assert asked == ["o-org/r-root"]


def test_what_takes_a_root_that_nothing_tells_is_left_out():
    found = checks(ListRoots=denied("ListRoots"), ListAccounts=denied("ListAccounts"))
    assert found["organizations:ListChildren"].result is Result.SKIPPED
    assert found["report"].result is Result.SKIPPED


def test_a_denial_that_no_single_call_explains_says_to_wait():
    found = checks(report=lambda _: failing("ORGANIZATIONS_REPORT_ACCESS_DENIED"))
    assert "try again" in found["report"].remedy


def test_a_report_that_is_lost_on_the_way_failed():
    found = checks(report=raising(TransitError("GenerateOrganizationsAccessReport", "Timeout", "late")))
    assert (found["report"].result, found["report"].permission) == (Result.FAILED, "")


def test_where_only_reports_made_elsewhere_are_read_one_of_them_is():
    asked = []
    text = f"organizations: [{{job_ids: [{JOB_ID}], targets: {{{OFF}}}}}]"
    found = checks(text, read=lambda job_id: asked.append(job_id) or failing("NoSuchEntity", "gone"))
    assert asked == [JOB_ID]
    assert found["iam:GetOrganizationsAccessReport"].result is Result.OK
    assert "iam:GenerateOrganizationsAccessReport" not in found


def test_where_nothing_is_read_there_is_nothing_to_try():
    assert checks(f"organizations: [{{targets: {{{OFF}}}}}]")["report"].result is Result.SKIPPED


@pytest.mark.parametrize("features", ["CONSOLIDATED_BILLING", ""])
def test_an_organization_without_all_features_is_told(features):
    organization = {"Organization": {"Id": "o-org", "MasterAccountId": ACCOUNT, "FeatureSet": features}}
    assert checks(DescribeOrganization=organization)["all features"].result is Result.FAILED
