"""What we stand on inside libraries: a test for each, to fail first and name it."""

import asyncio
from http.client import HTTPResponse
from io import BufferedReader
from socket import socketpair

import pytest
from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
    AWSRequest,
)
from botocore.credentials import (
    Credentials,
    ProcessProvider,
    ProfileProviderBuilder,
    RefreshableCredentials,
)
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session
from botocore.session import Session
from urllib3 import HTTPResponse as Urllib3Response


@pytest.mark.parametrize(
    ("scheme", "pool"), [("http", AWSHTTPConnectionPool), ("https", AWSHTTPSConnectionPool)]
)
def test_a_session_of_botocore_makes_connections_of_connection_cls(scheme, pool, monkeypatch):
    def refuse(*_, **__):
        raise LookupError("made here")

    monkeypatch.setattr(pool, "ConnectionCls", refuse)
    with pytest.raises(HTTPClientError, match="made here"):
        URLLib3Session().send(AWSRequest("GET", f"{scheme}://aws.invalid/").prepare())


@pytest.mark.parametrize("connection", [AWSHTTPConnection, AWSHTTPSConnection])
def test_a_connection_of_botocore_reads_answers_by_response_class(connection):
    made = type("Made", (connection,), {"response_class": None})("aws.invalid")
    made.close()
    assert made.response_class is None
    assert callable(made.getresponse)


def test_an_answer_of_http_client_reads_from_fp():
    ours, theirs = socketpair()
    with ours, theirs, HTTPResponse(ours) as response:
        assert isinstance(response.fp, BufferedReader)


def test_a_response_of_urllib3_has_the_switch_enforce_content_length():
    assert Urllib3Response(b"", enforce_content_length=True).enforce_content_length


def test_credentials_of_botocore_renew_early_by__advisory_refresh_timeout():
    assert isinstance(RefreshableCredentials._advisory_refresh_timeout, int)
    credentials = RefreshableCredentials("a", "b", "c", None, dict, "test")
    credentials._advisory_refresh_timeout = 0
    assert credentials._advisory_refresh_timeout == 0


def test_a_builder_of_botocore_has_a_provider_of_processes_among_its_providers():
    methods = [provider.METHOD for provider in ProfileProviderBuilder(Session()).providers("default")]
    assert methods.count(ProcessProvider.METHOD) == 1


def test_credentials_of_botocore_are_read_by_get_frozen_credentials():
    frozen = Credentials("a", "b", "c").get_frozen_credentials()
    assert (frozen.access_key, frozen.secret_key, frozen.token) == ("a", "b", "c")


async def _connection():
    return RequestHandler(web.Server(lambda _: web.Response()), loop=asyncio.get_running_loop())


@pytest.mark.parametrize("name", ["_request_count", "_waiter"])
def test_a_connection_of_aiohttp_has(name):
    assert hasattr(asyncio.run(_connection()), name)


@pytest.mark.parametrize("name", ["force_close", "handle_error", "data_received", "connection_made", "close"])
def test_a_connection_of_aiohttp_can(name):
    assert callable(getattr(RequestHandler, name))
