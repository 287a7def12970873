"""``recommend --all-ous`` as it is called."""

import json
from contextlib import closing

import pytest

from exporter.model import EntityType, Report, Standing, Subject
from exporter.scp import effect
from exporter.store import open_store


@pytest.fixture
def plan(commands, tmp_path):
    def run(*arguments):
        commands.aws.calls.clear()
        return commands.run(
            "recommend", "--quiet", "--all-ous", "--output-dir", tmp_path / "plan", *arguments
        )

    return run


def document(tmp_path):
    return json.loads((tmp_path / "plan" / "plan.json").read_text())


def test_the_plan_is_written_and_nothing_in_use_is_denied(commands, plan, tmp_path):
    made = len(commands.aws.jobs)
    ran = plan()
    then = commands.aws.jobs[made].created
    assert ran.code == 0, ran.err
    assert "Nothing in use is denied" in ran.out
    assert "plan.md" in ran.out
    found = document(tmp_path)
    assert found["proof"]["denied"] == []
    accounts = commands.entities(EntityType.ACCOUNT)
    for step in found["steps"]:
        for name in step["files"]:
            text = (tmp_path / "plan" / name).read_text()
            for account in accounts:
                if f"/{step['entity_id']}/" in account.path:
                    assert not effect(text, lately(commands, account, then)).denied
    assert found["steps"]


def lately(commands, account, then):
    """What the account used within the window, as AWS knew it when the first report was made."""
    rows = commands.aws.truth(account.path, at=then).rows
    used = {row.namespace: row.last_authenticated for row in rows if row.last_authenticated}
    return {namespace for namespace, at in used.items() if at > commands.aws.jobs[-1].created - 89 * 86400}


def test_every_ou_with_accounts_is_asked_about_once_and_no_listing_is_read_twice(commands, plan):
    plan()
    with_accounts = {
        one.id
        for one in commands.aws.organization.entities.values()
        if one.type in {EntityType.ROOT, EntityType.ORGANIZATIONAL_UNIT}
        and any(True for _ in commands.aws.organization.member_accounts(one))
    }
    asked = [job.selection.entity_path.rpartition("/")[2] for job in commands.aws.jobs]
    assert with_accounts <= set(asked)
    counts = commands.aws.calls.counts
    assert counts["organizations", "ListPoliciesForTarget"] <= len(with_accounts)
    assert counts["organizations", "DescribePolicy"] <= len(commands.aws.organization.policies)


def test_an_earlier_plan_in_the_directory_leaves_nothing_behind(plan, tmp_path):
    ran = plan()
    assert ran.code == 0, ran.err
    stale = tmp_path / "plan" / "scps" / "999-deny-unused-r-gone.json"
    stale.write_text("{}")
    index = tmp_path / "plan" / "plan.json"
    former = json.loads(index.read_text())
    former["steps"].append(
        {"files": ["scps/999-deny-unused-r-gone.json", "../outside", "scps/../../outside"]}
    )
    index.write_text(json.dumps(former))
    (tmp_path / "outside").write_text("mine")
    plan()
    assert not stale.exists()
    assert (tmp_path / "outside").read_text() == "mine"
    assert not list((tmp_path / "plan").rglob("*.unfinished"))


def test_a_state_is_evidence_too_and_what_it_lacks_is_told(commands, plan, tmp_path):
    url = f"sqlite:///{tmp_path / 'state.db'}"
    organization = commands.aws.organization
    with closing(open_store(url)) as store:
        lease = store.acquire("sim")
        said = commands.aws.truth(organization.root.path)
        now = commands.aws.options.clock()
        report = Report(now, now, said.accessible, said.not_accessed, said.rows)
        store.keep(lease, Standing(Subject(organization.root.id), report))
    ran = plan("--state.url", url)
    assert ran.code == 0, ran.err
    found = document(tmp_path)
    assert [one["id"] for one in found["entities"]] == [organization.root.id]
    assert found["not_judged"]
    assert "not judged: " in ran.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["--all-ous"],
        ["--output-dir", "x"],
        ["--all-ous", "--output-dir", "x", "--entity", "Security"],
        ["--all-ous", "--output-dir", "x", "--format", "scp"],
        ["--all-ous", "--output-dir", "x", "--diff"],
        ["--all-ous", "--output-dir", "x", "--variant", "allow-list"],
    ],
)
def test_what_does_not_go_together_is_a_usage_error(commands, arguments):
    ran = commands.run("recommend", *arguments)
    assert ran.code == 2
    assert "a plan " in ran.err


def test_a_directory_that_cannot_be_written_is_one_line(commands, tmp_path):
    (tmp_path / "file").write_text("")
    ran = commands.run("recommend", "--quiet", "--all-ous", "--output-dir", tmp_path / "file" / "plan")
    assert ran.code in {1, 2}
    assert str(tmp_path / "file") in " ".join(ran.err.split())
