import csv
import io

import pytest

from exporter.errors import AmbiguousError
from exporter.model import EntityType
from exporter.simulator import Fault, FaultKind, SimulationOptions, start
from tests.simulated import SPEED, Commands


def test_the_json_of_a_new_report_is_whole(commands):
    document = commands.run("report", "--entity-path", commands.root.path, "--output", "json").json
    assert document["JobStatus"] == "COMPLETED"
    assert document["NumberOfServicesAccessible"] == len(document["AccessDetails"])
    assert (document["IsTruncated"], "Marker" in document) == (False, False)


@pytest.mark.parametrize("kind", [EntityType.ROOT, EntityType.ORGANIZATIONAL_UNIT, EntityType.ACCOUNT])
def test_an_entity_is_found_by_its_id(commands, kind):
    entity = commands.entities(kind)[0]
    ran = commands.run("report", "--entity-id", entity.id, "--output", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {row["entity_path"] for row in rows} == {entity.path}
    truth = commands.aws.truth(entity.path)
    assert [row["service_namespace"] for row in rows] == [row.namespace for row in truth.rows]


def test_an_scp_narrows_a_report(commands):
    policy = next(one for one in commands.aws.organization.policies.values() if one.name == "Quarantine")
    ran = commands.run(
        "report", "--entity-path", commands.root.path, "--policy-id", policy.id, "--output", "csv"
    )
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["service_namespace"] for row in rows] == ["billing", "health", "support"]
    assert {row["policy_id"] for row in rows} == {policy.id}


def test_a_sort_key_is_awss(commands):
    key = "SERVICE_NAMESPACE_DESCENDING"
    ran = commands.run("report", "--entity-id", commands.root.id, "--sort-key", key, "--output", "json")
    names = [row["ServiceNamespace"] for row in ran.json["AccessDetails"]]
    assert names == sorted(names, reverse=True)


def test_a_page_is_a_page_and_tells_how_to_go_on(commands):
    ran = commands.run("report", "--entity-id", commands.root.id, "--max-items", 5, "--output", "json")
    page = ran.json
    assert (len(page["AccessDetails"]), page["IsTruncated"]) == (5, True)
    assert f"--marker '{page['Marker']}'" in ran.err
    job_id = ran.err.partition("--job-id ")[2].split()[0]
    following = commands.run(
        "report", "--job-id", job_id, "--marker", page["Marker"], "--max-items", 5, "--output", "json"
    ).json
    names = [row["ServiceNamespace"] for document in (page, following) for row in document["AccessDetails"]]
    assert names == [row.namespace for row in commands.aws.truth(commands.root.path).rows[:10]]


def test_quiet_leaves_notes_out(commands):
    ran = commands.run("report", "--entity-id", commands.root.id, "--max-items", 5, "--quiet")
    assert (ran.code, ran.err) == (0, "")


def test_a_pipe_sees_no_progress(commands):
    assert commands.run("report", "--entity-id", commands.root.id).err == ""


def test_the_table_has_used_and_unused_services_apart(commands):
    out = commands.run("report", "--entity-id", commands.root.id).out
    truth = commands.aws.truth(commands.root.path, at=commands.aws.jobs[-1].created)
    assert f"{truth.accessible} services accessible, {truth.not_accessed} of them never used" in out
    used, _, unused = out.partition("Never used in the tracking period")
    assert all(
        f"  {row.namespace} " in (unused if row.last_authenticated is None else used) for row in truth.rows
    )


def test_a_table_in_a_pipe_has_no_colours(commands):
    assert "\x1b" not in commands.run("report", "--entity-id", commands.root.id).out


def test_a_failed_job_is_one_line_and_exit_code_1(commands):
    ran = commands.run("report", "--entity-path", f"{commands.root.path}/ou-none-aaaaaaaa")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: GetOrganizationsAccessReport: INVALID_ORGANIZATIONS_ENTITY_PATH: ")
    assert ran.err.count("\n") == 1


def test_the_json_of_a_failed_job_is_awss(commands):
    ran = commands.run(
        "report", "--entity-path", f"{commands.root.path}/ou-none-bbbbbbbb", "--output", "json"
    )
    assert (ran.code, ran.json["JobStatus"]) == (1, "FAILED")


def test_all_ous_are_one_list_of_documents(commands):
    documents = commands.run("report", "--all-ous", "--output", "json").json
    units = commands.entities(EntityType.ORGANIZATIONAL_UNIT)
    assert {one["EntityPath"] for one in documents} == {unit.path for unit in units}


def test_all_accounts_are_one_textfile(commands):
    out = commands.run("report", "--all-accounts", "--output", "prometheus").out
    accounts = [one for one in commands.aws.organization.accounts() if one.state == "ACTIVE"]
    lines = [line for line in out.splitlines() if line.startswith("aws_org_access_services_accessible{")]
    assert len(lines) == len(accounts)
    assert out.count("# TYPE aws_org_access_services_accessible gauge") == 1
    assert "age_seconds" not in out


def test_one_report_that_fails_does_not_take_the_others_along(commands):
    commands.aws.faults.add(Fault(FaultKind.FAILED, times=1))
    ran = commands.run("report", "--all-accounts", "--all-ous", "--output", "csv")
    assert ran.code == 1
    assert ran.err.count("error: ") == 1
    assert "ORGANIZATIONS_REPORT_ACCESS_DENIED" in ran.err
    assert len({row["entity_id"] for row in csv.DictReader(io.StringIO(ran.out))}) > 1


def test_a_run_that_was_interrupted_goes_on_where_it_was(commands, tmp_path):
    folder = tmp_path / "reports"
    first = commands.run("report", "--all-ous", "--output", "csv", "--output-dir", folder)
    assert (first.code, first.out) == (0, "")
    assert first.err == f"note: 3 reports written to {folder}\n"
    files = sorted(folder.iterdir())
    assert [file.stem for file in files] == sorted(
        unit.id for unit in commands.entities(EntityType.ORGANIZATIONAL_UNIT)
    )
    files[0].unlink()
    commands.aws.calls.clear()
    again = commands.run("report", "--all-ous", "--output", "csv", "--output-dir", folder)
    assert again.err == f"note: 1 report written to {folder}; 2 more were there already\n"
    assert commands.aws.calls.count("GenerateOrganizationsAccessReport") == 1
    assert files[0].read_text().startswith("organization,entity_id,")


def test_the_heading_has_the_name_of_what_was_asked_for_by_its_id(commands):
    for entity in (commands.root, *commands.entities(EntityType.ORGANIZATIONAL_UNIT)[:1]):
        out = commands.run("report", "--entity-id", entity.id).out
        assert out.startswith(f"{entity.name} ({entity.id})\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--job-id", "42"), "--job-id '42' is no job id"),
        (
            ("--entity", "r-ab12", "--policy-id", "FullAWSAccess"),
            "--policy-id 'FullAWSAccess' is no SCP's id",
        ),
    ],
)
def test_an_id_of_the_wrong_form_is_told_without_asking_aws(commands, arguments, told):
    commands.aws.calls.clear()
    ran = commands.run("report", *arguments)
    assert (ran.code, told in ran.err, commands.aws.calls.latest) == (1, True, ())


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--entity-id", "r-ab12", "--all-ous"),
        ("--job-id", "x", "--policy-id", "p-12345678"),
        ("--entity-id", "r-ab12", "--marker", "m"),
        ("--all-ous", "--max-items", "5"),
    ],
)
def test_what_makes_no_sense_together_is_a_usage_error(commands, arguments):
    assert commands.run("report", *arguments).code == 2


def test_one_of_several_organizations_has_to_be_named(commands):
    commands.file.write_text("organizations: [{name: a}, {name: b}]")
    ran = commands.run("report", "--entity-id", "r-ab12")
    told = "error: there are several organizations: choose one by --organization: a, b\n"
    assert (ran.code, ran.err) == (1, told)
    assert commands.run("report", "--entity-id", "r-ab12", "--organization", "c").code == 1


def test_an_entity_may_be_called_by_its_name(commands):
    account = next(one for one in commands.entities(EntityType.ACCOUNT) if one.state == "ACTIVE")
    ran = commands.run("report", "--entity", account.name, "--output", "csv")
    assert {row["entity_path"] for row in csv.DictReader(io.StringIO(ran.out))} == {account.path}


def test_several_of_a_name_are_listed_on_lines_of_their_own(commands, monkeypatch):
    def find(_, reference):
        raise AmbiguousError(reference.name, ["r-ab12  o-a/r-ab12", "r-cd34  o-a/r-cd34"])

    monkeypatch.setattr("exporter.aws.AwsOrganization.find", find)
    ran = commands.run("report", "--entity", "Prod")
    first, *listed = ran.err.splitlines()
    assert (ran.code, "2 entities are called 'Prod'" in first) == (1, True)
    assert listed == ["error:   r-ab12  o-a/r-ab12", "error:   r-cd34  o-a/r-cd34"]


def test_an_id_flag_with_a_name_tells_of_the_flag_that_takes_it(commands):
    ran = commands.run("report", "--entity-id", "Payments")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "is no id but a name: --entity takes it" in ran.err


@pytest.mark.parametrize("command", ["report", "recommend"])
def test_listings_that_begin_with_an_empty_page_are_read_on(commands, capsys, command):
    options = SimulationOptions(accounts=2, ous=1, speed=SPEED, empty_pages=True)
    with start(options) as endpoint:
        file = commands.file.with_name("empty-pages.yml")
        file.write_text(commands.file.read_text().replace(commands.url, endpoint.url))
        aimed = Commands(endpoint, file, capsys)
        (unit,) = aimed.entities(EntityType.ORGANIZATIONAL_UNIT)
        assert aimed.run(command, "--entity", unit.id).code == 0
