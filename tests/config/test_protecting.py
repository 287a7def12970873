"""Which services the configuration keeps from being denied, and until when."""

import time
from datetime import UTC, date, datetime

import pytest

from exporter.config import Protection
from exporter.config.protecting import protected

NOON = datetime(2027, 6, 30, 12, tzinfo=UTC).timestamp()


def held(expires):
    return protected([Protection("drs", "drill", expires)], NOON)


@pytest.mark.parametrize(
    ("expires", "reason"),
    [
        (None, "protected by the configuration: drill"),
        (date(2027, 6, 30), "protected by the configuration: drill, until 2027-06-30"),
        (date(2027, 7, 1), "protected by the configuration: drill, until 2027-07-01"),
    ],
)
def test_a_protection_holds_until_the_end_of_its_last_day(expires, reason):
    assert held(expires) == ({"drs": reason}, ())


def test_days_are_those_of_utc(monkeypatch):
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "XXX-14")  # where it is tomorrow already
        time.tzset()
        assert held(date(2027, 6, 30))[1] == ()
    time.tzset()


def test_a_protection_that_is_over_is_remarked():
    assert held(date(2027, 6, 29)) == ({}, ("the protection of drs ended with 2027-06-29: drill",))
