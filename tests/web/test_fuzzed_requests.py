"""Requests that are nearly right get an answer or the door, and the next client is served."""

from hypothesis import given

from tests.fuzz.conftest import CORPUS, bent, fuzz, seeds

REQUESTS = seeds(CORPUS / "http", pattern="request_*")


@fuzz
@given(request=bent(REQUESTS))
def test_no_request_ends_the_server_or_is_an_error_of_ours(server, request):
    # The end of a request that is not whole is awaited; an empty line and the end of the stream are one.
    with server.raw(request) as client:
        client.shutdown(1)
        told = server.rest(client)
    assert not told.startswith(b"HTTP/1.1 500")
    assert server.get("/-/healthy").status == 200
