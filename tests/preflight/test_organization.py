"""What the simulated AWS does not do by itself: answers of a few lines, to every question."""

from dataclasses import replace

import pytest

from exporter.aws import Identity
from exporter.config import parse
from exporter.errors import CredentialsError, DeniedError, RefusedError, TransitError
from exporter.job import Job
from exporter.model import Discovery, Entity, EntityType
from exporter.preflight import passed
from exporter.preflight.check import Result
from exporter.preflight.organization import Preflight

ACCOUNT = "999999999999"
ROOT = {
    "Id": "r-root",
    "Arn": f"arn:aws:organizations::{ACCOUNT}:root/o-org/r-root",
    "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}],
}
ANSWERS = {
    "organizations:DescribeOrganization": {
        "Organization": {"Id": "o-org", "MasterAccountId": ACCOUNT, "FeatureSet": "ALL"}
    },
    "organizations:ListRoots": {"Roots": [ROOT]},
    "organizations:ListAccounts": {"Accounts": [{"Id": ACCOUNT}]},
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


def discovered():
    root = Entity("r-root", EntityType.ROOT, "Root", "o-org/r-root")
    return Discovery("o-org", ACCOUNT, "aws", (root,))


def checks(
    text="{}", report=lambda _: failing("NO"), read=lambda _: failing("NO"), discover=discovered, **answers
):
    prober = FakeProber(**answers)
    found = preflight(prober, text, report=report, read=read, discover=discover).run()
    return {check.name: check for check in found}


def preflight(prober, text="{}", **asked):
    asked = {"report": None, "read": None, "discover": None} | asked
    return Preflight(parse(text, "c.yml").organizations[0], own=prober, prober=prober, **asked)


def raising(error):
    def ask(_):
        raise error

    return ask


def raising_now(error):
    def ask():
        raise error

    return ask


def denied(operation):
    return DeniedError(operation, "AccessDenied", "no")


def test_an_account_outside_any_organization_is_told_so():
    error = DeniedError("DescribeOrganization", "AWSOrganizationsNotInUseException", "no")
    found = checks(DescribeOrganization=error)
    assert found["organization"].result is Result.FAILED
    assert found["permissions"].result is Result.UNKNOWN


def test_a_call_that_was_lost_is_no_missing_permission():
    found = checks(ListParents=TransitError("ListParents", "Timeout", "late"))
    assert found["organizations:ListParents"].result is Result.UNKNOWN
    assert not passed(found.values())


def test_a_refusal_for_another_reason_shows_that_the_permission_is_there():
    found = checks(ListParents=RefusedError("ListParents", "ChildNotFoundException", "none"))
    assert found["organizations:ListParents"].result is Result.OK


def test_the_root_is_known_from_an_account_where_the_root_may_not_be_listed():
    accounts = {"Accounts": [{"Paths": ["o-org/r-root/999999999999/"]}]}
    asked = []
    checks(
        report=lambda entity: asked.append(entity.path) or failing("NO"),
        discover=raising_now(denied("ListRoots")),
        ListRoots=denied("ListRoots"),
        ListAccounts=accounts,
    )
    assert asked == ["o-org/r-root"]


def test_what_takes_a_root_that_nothing_tells_is_left_out():
    found = checks(
        discover=raising_now(denied("ListRoots")),
        ListRoots=denied("ListRoots"),
        ListAccounts=denied("ListAccounts"),
    )
    assert found["organizations:ListChildren"].result is Result.UNKNOWN
    assert found["report"].result is Result.UNKNOWN


def test_a_denial_that_no_single_call_explains_says_to_wait():
    found = checks(report=lambda _: failing("ORGANIZATIONS_REPORT_ACCESS_DENIED"))
    assert "try again" in found["report"].remedy


def test_a_report_that_is_lost_on_the_way_was_not_checked():
    found = checks(report=raising(TransitError("GenerateOrganizationsAccessReport", "Timeout", "late")))
    assert (found["report"].result, found["report"].permission) == (Result.UNKNOWN, "")


def test_where_only_reports_made_elsewhere_are_read_one_of_them_is():
    asked = []
    text = f"organizations: [{{job_ids: [{JOB_ID}], targets: {{{OFF}}}}}]"
    found = checks(text, read=lambda job_id: asked.append(job_id) or failing("NoSuchEntity", "gone"))
    assert asked == [JOB_ID]
    assert found["iam:GetOrganizationsAccessReport"].result is Result.OK
    assert "iam:GenerateOrganizationsAccessReport" not in found


def test_where_nothing_is_read_there_is_nothing_to_try():
    assert checks(f"organizations: [{{targets: {{{OFF}}}}}]")["report"].result is Result.NOTE


@pytest.mark.parametrize("features", ["CONSOLIDATED_BILLING", ""])
def test_an_organization_without_all_features_is_told(features):
    organization = {"Organization": {"Id": "o-org", "MasterAccountId": ACCOUNT, "FeatureSet": features}}
    assert checks(DescribeOrganization=organization)["all features"].result is Result.FAILED


def test_every_call_that_is_refused_for_the_keys_leaves_nothing_ticked():
    error = CredentialsError("DescribeOrganization", "UnrecognizedClientException", "no")
    found = checks(
        discover=raising_now(error), report=raising(error), DescribeOrganization=error, ListRoots=error
    )
    ticked = {name for name, check in found.items() if check.result is Result.OK}
    assert ticked == {"credentials"}
    assert not passed(found.values())


def test_keys_that_end_midway_leave_the_rest_unchecked_and_unasked():
    ended = CredentialsError("ListChildren", "ExpiredTokenException", "over")
    found = checks(ListChildren=ended)
    assert found["organizations:ListAccounts"].result is Result.OK
    assert found["organizations:ListChildren"].result is Result.UNKNOWN
    assert found["organizations:ListParents"].detail == "ListChildren went wrong before"


def test_two_calls_in_a_row_that_nobody_answers_are_enough():
    names = ("ListParents", "ListPoliciesForTarget")
    found = checks(**{name: TransitError(name, "ConnectTimeoutError", "late") for name in names})
    told = found["organizations:ListTargetsForPolicy"].detail
    assert told == "ListPoliciesForTarget went wrong before"


def test_one_call_that_nobody_answers_stops_no_other():
    found = checks(ListChildren=TransitError("ListChildren", "ServiceException", "503"))
    assert found["organizations:ListParents"].result is Result.OK


@pytest.mark.parametrize("code", ["ValidationError", "SomethingNew"])
def test_a_refusal_that_nobody_knows_shows_no_permission(code):
    found = checks(ListParents=RefusedError("ListParents", code, "what"))
    assert found["organizations:ListParents"].result is Result.UNKNOWN


def test_an_organization_without_a_root_is_not_believed():
    found = checks(ListRoots={"Roots": []})
    for name in ("service control policies", "organizations:ListRoots", "organizations:ListChildren"):
        assert found[name].result is Result.UNKNOWN


@pytest.mark.parametrize(
    ("types", "result"),
    [
        ([{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}], Result.OK),
        ([{"Type": "SERVICE_CONTROL_POLICY", "Status": "PENDING_ENABLE"}], Result.FAILED),
        ([{"Type": "SERVICE_CONTROL_POLICY", "Status": "PENDING_DISABLE"}], Result.FAILED),
        ([{"Type": "SERVICE_CONTROL_POLICY"}], Result.UNKNOWN),
        ([{"Type": "TAG_POLICY", "Status": "ENABLED"}], Result.FAILED),
        ([], Result.FAILED),
        (None, Result.UNKNOWN),
    ],
)
def test_scps_are_enabled_only_where_aws_says_so(types, result):
    root = {**ROOT, "PolicyTypes": types}
    assert checks(ListRoots={"Roots": [root]})["service control policies"].result is result


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("{}", "ListTargetsForPolicy"),
        ("organizations: [{targets: {policies: {enabled: true, ids: [p-12345678]}}}]", "ListPolicies"),
        (
            f"organizations: [{{targets: {{{OFF.replace('root: {enabled: false}', 'root: {}')}}}}}]",
            "ListParents",
        ),
    ],
)
def test_a_permission_that_nothing_needs_is_a_note(text, action):
    found = checks(text, **{action: denied(action)})
    assert found[f"organizations:{action}"].result is Result.NOTE


def test_a_permission_that_a_report_needs_is_missing():
    found = checks(ListChildren=denied("ListChildren"))
    assert found["organizations:ListChildren"].result is Result.FAILED


def test_who_asks_need_not_be_known_where_sts_is_out_of_reach():
    class Unreached(FakeProber):
        def identity(self):
            raise TransitError("GetCallerIdentity", "ConnectTimeoutError", "late")

    found = {
        check.name: check
        for check in Preflight(
            parse("{}", "c.yml").organizations[0],
            own=Unreached(),
            prober=FakeProber(),
            report=lambda _: failing("NO"),
            read=lambda _: failing("NO"),
            discover=discovered,
        ).run()
    }
    assert found["credentials"].result is Result.NOTE
    assert found["management account"].result is Result.NOTE
    assert found["organizations:ListParents"].result is Result.OK


def test_the_report_is_on_what_serve_reports_on_first():
    unit = Entity(
        "ou-root-aaaaaaaa", EntityType.ORGANIZATIONAL_UNIT, "", "o-org/r-root/ou-root-aaaaaaaa", "r-root"
    )
    asked = []
    checks(
        "organizations: [{targets: {root: {enabled: false}}}]",
        report=lambda entity: asked.append(entity.path) or failing("NO"),
        discover=lambda: replace(discovered(), entities=(*discovered().entities, unit)),
    )
    assert asked == [unit.path]


def test_each_check_is_told_before_the_next_call_is_made():
    made = []

    class Noting(FakeProber):
        def identity(self):
            made.append("sts:GetCallerIdentity")
            return super().identity()

        def call(self, action, **parameters):
            made.append(action)
            return super().call(action, **parameters)

    text = "organizations: [{role_arn: 'arn:aws:iam::999999999999:role/reader'}]"
    checks = preflight(Noting(), text).run()
    told = {next(checks).name: len(made) for _ in range(3)}
    assert told == {"credentials": 1, "role": 2, "organization": 3}


def test_what_is_missing_is_named_with_the_resource_that_it_is_missing_on():
    path = "arn:aws:iam::999999999999:access-report/o-org/r-root"
    told = f"User: me is not authorized to perform: iam:X on resource: {path} because no policy allows it"
    error = DeniedError("GenerateOrganizationsAccessReport", "AccessDenied", told)
    found = checks(report=raising(error))
    assert f"allow iam:GenerateOrganizationsAccessReport on {path};" in (
        found["iam:GenerateOrganizationsAccessReport"].remedy
    )
