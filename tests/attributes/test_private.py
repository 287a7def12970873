"""The private attributes of libraries that we stand on: a test for each, to fail first and name it."""

import asyncio

import botocore.session
import pytest
from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from botocore.awsrequest import AWSResponse
from botocore.credentials import Credentials, ProfileProviderBuilder, RefreshableCredentials
from botocore.endpoint import Endpoint
from botocore.httpsession import URLLib3Session
from botocore.session import Session
from urllib3.connection import HTTPConnection
from urllib3.response import BaseHTTPResponse, HTTPResponse


@pytest.fixture(scope="module")
def client():
    session = botocore.session.Session()
    return session.create_client(
        "sts", "us-east-1", aws_access_key_id="AKIDTEST", aws_secret_access_key="secret"
    )


def test_a_client_of_botocore_has_its_endpoint_as__endpoint(client):
    assert isinstance(client._endpoint, Endpoint)


def test_an_endpoint_of_botocore_has_its_session_as_http_session(client):
    assert isinstance(client._endpoint.http_session, URLLib3Session)


def test_a_session_of_botocore_has_its_pools_as__pool_classes_by_scheme():
    assert set(URLLib3Session()._pool_classes_by_scheme) == {"http", "https"}


def test_a_pool_of_botocore_makes_connections_of_connection_cls():
    pools = URLLib3Session()._pool_classes_by_scheme
    assert all(issubclass(pool.ConnectionCls, HTTPConnection) for pool in pools.values())


def test_a_response_of_botocore_keeps_its_body_as__content():
    response = AWSResponse("http://x", 200, {}, raw=None)
    response._content = b"body"
    assert response.content == b"body"


def test_a_response_of_urllib3_reads_what_is_there_by_read1():
    assert callable(HTTPResponse.read1)


def test_a_response_of_urllib3_has_the_switch_enforce_content_length():
    assert "enforce_content_length" in BaseHTTPResponse.__init__.__annotations__ or hasattr(
        HTTPResponse(b"", enforce_content_length=True), "enforce_content_length"
    )


def test_a_connection_of_urllib3_has_sock_and_getresponse():
    assert callable(HTTPConnection.getresponse)
    assert "sock" in HTTPConnection.__annotations__ or hasattr(HTTPConnection("x"), "sock")


def test_credentials_of_botocore_renew_early_by__advisory_refresh_timeout():
    assert isinstance(RefreshableCredentials._advisory_refresh_timeout, int)
    credentials = RefreshableCredentials("a", "b", "c", None, dict, "test")
    credentials._advisory_refresh_timeout = 0
    assert credentials._advisory_refresh_timeout == 0


def test_a_builder_of_botocore_makes_processes_by__create_process_provider():
    assert callable(ProfileProviderBuilder._create_process_provider)


def test_a_builder_of_botocore_has_its_session_as__session():
    session = Session()
    assert ProfileProviderBuilder(session)._session is session


def test_credentials_of_botocore_are_read_by_get_frozen_credentials():
    frozen = Credentials("a", "b", "c").get_frozen_credentials()
    assert (frozen.access_key, frozen.secret_key, frozen.token) == ("a", "b", "c")


async def _connection():
    return RequestHandler(web.Server(lambda _: web.Response()), loop=asyncio.get_running_loop())


@pytest.mark.parametrize("name", ["_loop", "_request_count", "_waiter"])
def test_a_connection_of_aiohttp_has(name):
    assert hasattr(asyncio.run(_connection()), name)


@pytest.mark.parametrize("name", ["force_close", "handle_error", "data_received", "connection_made", "close"])
def test_a_connection_of_aiohttp_can(name):
    assert callable(getattr(RequestHandler, name))
