"""The matrix, driven once for all that is asked about it."""

import pytest

from tests.faults.drive import drive
from tests.faults.matrix import CASES


@pytest.fixture(scope="session")
def driven(tmp_path_factory):
    return drive(tmp_path_factory.mktemp("matrix"), CASES)
