"""The stores that are asked to keep the promise, each where it can be had."""

import itertools
import os

import pytest
from moto import mock_aws

_numbers = itertools.count()


class Clock:
    """Seconds that pass when told."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDTESTS")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "tests")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture
def moto_url(credentials):
    """An address at which moto, in this process, keeps no table yet."""
    with mock_aws():
        yield "dynamodb://reports?region=eu-west-1"


@pytest.fixture
def local_url(credentials, dynamodb_local):
    """An address at which the real engine keeps no table yet."""
    return f"dynamodb://reports-{os.getpid()}-{next(_numbers)}?region=eu-west-1&endpoint={dynamodb_local}"


@pytest.fixture
def memory_url():
    return "memory:"


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path}/state.db"


@pytest.fixture(params=["moto", pytest.param("local", marks=pytest.mark.tool("dynamodb-local"))])
def table_url(request):
    """An address at which there is no table yet."""
    return request.getfixturevalue(f"{request.param}_url")
