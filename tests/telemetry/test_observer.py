"""What happens to an organization, as the log and the counters tell it."""

from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from exporter.model import Subject
from exporter.telemetry.instruments import Instruments
from exporter.telemetry.observer import Observer

ROOT = Subject("r-exam")


@pytest.fixture
def instruments():
    return Instruments(with_process=False)


@pytest.fixture
def log():
    with capture_logs() as lines:
        yield lines


@pytest.fixture
def observer(log, instruments):
    return Observer("org", instruments)


@pytest.fixture
def count(instruments):
    """``count("jobs_started_total", **labels)``: the value of one series, None if there is none."""

    def value(name, **labels):
        return instruments.registry.get_sample_value(
            f"aws_org_access_{name}", {"organization": "org", **labels}
        )

    return value


def told(log):
    return [(line["log_level"], line["event"]) for line in log if line["log_level"] != "debug"]


def test_an_outage_is_logged_when_it_begins_and_when_it_ends(observer, log):
    for _ in range(3):
        observer.unreachable("job", "expired")
    for _ in range(3):
        observer.reachable()
    assert told(log) == [("error", "organization.down"), ("info", "organization.up")]


def test_an_outage_that_changes_its_reason_is_logged_again(observer, log):
    for reason in ("expired", "expired", "denied"):
        observer.unreachable("job", reason)
    assert [line["reason"] for line in log] == ["expired", "denied"]


def test_an_outage_whose_reason_has_a_time_in_it_is_logged_once(observer, log):
    for minute in range(3):
        observer.unreachable("job", f"Signature expired: 20261126T140{minute}00Z is now", "set it")
    assert [line["remedy"] for line in log] == ["set it"]


def test_two_stages_that_fail_in_turns_are_logged_once_each(observer, log):
    for _ in range(3):
        observer.unreachable("discovery", "no organization")
        observer.unreachable("job", "no slot")
    assert [line["stage"] for line in log] == ["discovery", "job"]


def test_an_outage_that_comes_back_is_logged_again(observer, log):
    observer.unreachable("job", "expired")
    observer.reachable()
    observer.unreachable("job", "expired")
    assert [event for _, event in told(log)] == ["organization.down", "organization.up", "organization.down"]


def test_what_was_reachable_from_the_start_is_not_worth_a_line(observer, log):
    observer.reachable()
    assert log == []


def test_a_subject_that_goes_on_failing_the_same_way_is_logged_once(observer, log):
    for _ in range(3):
        observer.job_failed(ROOT, "DENIED", "no", 60.0)
    assert told(log) == [("warning", "report.failed")]


def test_a_subject_that_fails_another_way_is_logged_again(observer, log):
    for code in ("DENIED", "OTHER"):
        observer.job_failed(ROOT, code, "no", 60.0)
    assert [line["code"] for line in log if line["log_level"] == "warning"] == ["DENIED", "OTHER"]


def test_each_failure_is_counted_though_not_each_is_logged(observer, count):
    for _ in range(3):
        observer.job_failed(ROOT, "DENIED", "no", 60.0)
    assert count("jobs_failed_total") == 3


def test_only_the_first_report_after_failures_is_worth_a_line(observer, log):
    observer.job_failed(ROOT, "DENIED", "no", 60.0)
    for _ in range(3):
        observer.job_completed(ROOT, 8.0, 455)
    assert told(log) == [("warning", "report.failed"), ("info", "report.completed")]


def test_a_subject_that_came_back_after_it_was_gone_is_logged_anew(observer, log):
    observer.job_failed(ROOT, "DENIED", "no", 60.0)
    observer.forget(set())
    observer.job_failed(ROOT, "DENIED", "no", 60.0)
    assert told(log) == [("warning", "report.failed")] * 2


def test_a_subject_that_stays_is_not_forgotten(observer, log):
    observer.job_failed(ROOT, "DENIED", "no", 60.0)
    observer.forget({ROOT})
    observer.job_failed(ROOT, "DENIED", "no", 60.0)
    assert told(log) == [("warning", "report.failed")]


def test_every_line_names_its_organization(observer, log):
    observer.discovered(4, 0.5)
    observer.slot_taken()
    assert {line["organization"] for line in log} == {"org"}


@pytest.mark.parametrize(
    ("subject", "named"),
    [(ROOT, {"entity_id": "r-exam"}), (Subject("r", "p-1"), {"entity_id": "r", "policy_id": "p-1"})],
)
def test_a_policy_is_named_where_there_is_one(observer, log, subject, named):
    observer.job_completed(subject, 8.0, 455)
    assert {key: log[0][key] for key in ("entity_id", "policy_id") if key in log[0]} == named


def test_counters_begin_at_nothing_instead_of_being_absent(observer, count):
    names = ("jobs_started_total", "jobs_failed_total", "slot_conflicts_total", "reports_expired_total")
    assert [count(name) for name in names] == [0, 0, 0, 0]


def test_a_conflict_over_the_slot_is_counted(observer, count):
    observer.slot_taken()
    assert count("slot_conflicts_total") == 1


def test_a_job_that_was_generated_twice_counts_twice(observer, count):
    observer.job_started(2)
    assert count("jobs_started_total") == 2


def test_expired_reports_are_counted_one_by_one(observer, count):
    observer.expired(3)
    assert count("reports_expired_total") == 3


def test_the_time_of_a_job_goes_into_the_histogram(observer, count):
    observer.job_completed(ROOT, 8.0, 455)
    assert (count("job_duration_seconds_count"), count("job_duration_seconds_sum")) == (1, 8.0)


@pytest.mark.parametrize(("code", "failures"), [("", None), ("Throttling", 1)])
def test_every_call_is_counted_and_those_that_fail_also_by_their_code(observer, count, code, failures):
    labels = {"api": "iam", "operation": "GetOrganizationsAccessReport"}
    observer.called(SimpleNamespace(**labels, seconds=0.25, code=code))
    assert count("api_requests_total", **labels) == 1
    assert count("api_request_failures_total", **labels, code=code) == failures


def test_a_bug_is_logged_with_what_is_known_of_it(observer, log):
    observer.crashed("sweep")
    assert (log[0]["event"], log[0]["stage"], log[0]["exc_info"]) == ("collector.crashed", "sweep", True)


def test_a_state_out_of_reach_is_logged_when_it_becomes_so_and_when_it_ends(observer, log):
    for reason in ("full", "full", "read-only", "read-only"):
        observer.state_lost(reason)
    for _ in range(3):
        observer.state_found()
    assert told(log) == [("error", "state.unavailable")] * 2 + [("info", "state.available")]


def test_a_state_out_of_reach_is_shown_and_every_failure_counted(observer, count):
    assert (count("exporter_state_available"), count("exporter_state_failures_total")) == (1, 0)
    observer.state_lost("full")
    observer.state_lost("full")
    assert (count("exporter_state_available"), count("exporter_state_failures_total")) == (0, 2)
    observer.state_found()
    assert (count("exporter_state_available"), count("exporter_state_failures_total")) == (1, 2)


@pytest.mark.parametrize("what", ["policies", "attachments"])
def test_scps_that_cannot_be_listed_are_logged_once_until_they_can(observer, log, what):
    for lacking in ("denied", "denied", "", ""):
        getattr(observer, f"{what}_listed")(lacking)
    assert told(log) == [("warning", f"discovery.{what}_unknown"), ("info", f"discovery.{what}_known")]


def test_one_that_is_not_watched_any_more_leaves_no_series_and_makes_none(observer, instruments):
    for instrument in vars(instruments).values():
        labels = getattr(instrument, "_labelnames", ())
        if "organization" in labels:
            instrument.labels(*("org" if label == "organization" else "x" for label in labels))
    observer.retire()
    observer.job_started(1)
    observer.called(SimpleNamespace(api="iam", operation="GetX", seconds=0.1, code="Throttling"))
    observer.state_lost("gone")
    told = [sample for metric in instruments.registry.collect() for sample in metric.samples]
    assert [sample for sample in told if sample.labels.get("organization") == "org"] == []


def test_a_selector_that_fits_nothing_is_logged_once_and_that_all_do_again(observer, log):
    for unmatched in (("a",), ("a",), ("a", "b"), ("b",), (), ()):
        observer.selectors_matched(unmatched)
    assert [line.get("reason") for line in log] == ["a", "b", None]
    assert told(log)[-1] == ("info", "selector.all_matched")
