import pytest

from exporter.recommend import most_accounts, use_in
from tests.recommend.cases import UNIT, row


@pytest.mark.parametrize(
    ("path", "account"),
    [
        (f"{UNIT.path}/111111111111", "111111111111"),
        (f"{UNIT.path}/111111111111/", "111111111111"),
        (UNIT.path, ""),
        ("", ""),
    ],
)
def test_an_account_is_the_last_part_of_the_path_that_a_row_has(path, account):
    assert use_in(row("a", 1, 1)._replace(entity_path=path)).account_id == account


def test_the_most_accounts_that_any_row_counts_are_taken_and_none_where_none_does():
    rows = [row("a", 1, 2), row("a", 1, 3), row("a", 1, 1), row("b")._replace(authenticated_entities=None)]
    assert most_accounts(rows) == {"a": 3, "b": 0}
