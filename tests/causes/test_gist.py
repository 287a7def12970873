"""What makes a reason a new one."""

import pytest

from exporter.causes import gist

SAME = [
    (
        "Signature expired: 20261126T140000Z is now earlier than 20261126T153000Z",
        "Signature expired: 20261126T140107Z is now earlier than 20261126T153107Z",
    ),
    (
        "lost (Request ID: 99f0b1a4-2f8a-4c7e-9d11-000000000001)",
        "lost (Request ID: 1d2c3b4a-0000-4c7e-9d11-1)",
    ),
    (
        "<HTTPSConnection object at 0x7f12ab34cd56>: refused",
        "<HTTPSConnection object at 0x7f99ab34cd00>: refused",
    ),
    ("reset by ('127.0.0.1', 45622)", "reset by ('127.0.0.1', 60001)"),
    ("current date/time 1790812800 must be before", "current date/time 1790812860 must be before"),
    ("2026-11-26T14:00:00.123Z: no", "2026-11-26T14:01:00.456Z: no"),
    (
        "denied on access-report/o-a1b2c3d4e5/r-ab12/ou-ab12-11111111",
        "denied on access-report/o-a1b2c3d4e5/r-ab12/ou-ab12-2x222222",
    ),
]
OTHER = [
    ("AccessDenied: no", "ExpiredToken: no"),
    ("role arn:aws:iam::111122223333:role/reader", "role arn:aws:iam::444455556666:role/reader"),
    ("could not connect to sts", "could not connect to iam"),
]


@pytest.mark.parametrize(("one", "another"), SAME)
def test_times_ids_and_numbers_make_no_other_reason(one, another):
    assert gist(one) == gist(another)


@pytest.mark.parametrize(("one", "another"), OTHER)
def test_codes_accounts_and_names_do(one, another):
    assert gist(one) != gist(another)
