"""Nothing is sent to AWS that may not be sent any more."""

import pytest

from exporter.aws import AwsOrganization
from exporter.aws.access import Access, Door
from exporter.aws.scope import Scope
from exporter.errors import LeaseLostError
from tests.aws.conftest import query, query_error

GET = "GetOrganizationsAccessReport"
DONE = query(GET, "<JobStatus>IN_PROGRESS</JobStatus>")


class Permit:
    """Given for so many requests."""

    def __init__(self, requests):
        self.left = requests

    def __call__(self):
        self.left -= 1
        if self.left < 0:
            raise LeaseLostError("over")


@pytest.fixture
def session(aws, calls):
    """``session(requests)``: a session that may send so many."""

    def made(requests):
        endpoints = dict.fromkeys(("iam_endpoint", "organizations_endpoint", "sts_endpoint"), aws.url)
        door = Door(Access(**endpoints), calls.append, permit=Permit(requests))
        return AwsOrganization(door, Scope()).open_session(300.0)

    return made


def test_a_request_that_is_permitted_is_sent(aws, session):
    aws.say(GET, DONE)
    session(1).get("job-1")
    assert aws.count(GET) == 1


def test_a_request_that_is_not_permitted_is_neither_sent_nor_counted(aws, session, calls):
    aws.say(GET, DONE)
    with pytest.raises(LeaseLostError):
        session(0).get("job-1")
    assert (aws.count(GET), calls) == (0, [])


def test_botocore_repeats_nothing_without_a_new_permit(aws, session, monkeypatch):
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)
    aws.say(GET, query_error(500, "ServiceFailure"))
    with pytest.raises(LeaseLostError):
        session(2).get("job-1")
    assert aws.count(GET) == 2
