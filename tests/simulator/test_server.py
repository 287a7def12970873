import http.client
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from exporter.errors import UserError
from exporter.simulator import Fault, FaultKind, SimulationOptions, start


def test_a_port_in_use_is_the_users_error():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"127.0.0.1:{port}"), start(SimulationOptions(), port=port):
            pass


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("256.0.0.1", 0)])
def test_an_impossible_address_is_the_users_error(host, port):
    with pytest.raises(UserError, match="cannot listen"), start(SimulationOptions(), host=host, port=port):
        pass


def test_a_stop_waits_neither_for_idle_connections_nor_for_slow_answers():
    with start(SimulationOptions(accounts=1, ous=0)) as aws:
        aws.simulation.faults.add(Fault(FaultKind.SLOW, seconds=60))
        idle = http.client.HTTPConnection("127.0.0.1", aws.port)
        idle.connect()
        slow = http.client.HTTPConnection("127.0.0.1", aws.port)
        slow.request("POST", "/", "Action=GetCallerIdentity")
        while aws.simulation.faults.waiting:
            time.sleep(0.001)
        before = time.monotonic()
    assert time.monotonic() - before < 1
    with pytest.raises(ConnectionError):
        slow.getresponse()
    idle.close()
    slow.close()


def test_nothing_listens_after_the_stop():
    with start(SimulationOptions(accounts=1, ous=0)) as aws:
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", aws.port))


def test_a_connection_serves_many_calls(aws):
    connection = http.client.HTTPConnection("127.0.0.1", aws.endpoint.port)
    connection.connect()
    used = connection.sock
    for _ in range(3):
        connection.request("GET", "/_simulation/calls")
        connection.getresponse().read()
        assert connection.sock is used
    connection.close()


def test_an_unsigned_call_is_refused(aws):
    connection = http.client.HTTPConnection("127.0.0.1", aws.endpoint.port)
    connection.request("POST", "/", "Action=GenerateOrganizationsAccessReport")
    response = connection.getresponse()
    assert response.status == 403
    assert b"MissingAuthenticationToken" in response.read()
    connection.close()


@pytest.mark.parametrize("body", ["{", "[]"])
def test_a_body_that_is_no_json_object_is_refused(aws, body):
    connection = http.client.HTTPConnection("127.0.0.1", aws.endpoint.port)
    scope = "AWS4-HMAC-SHA256 Credential=key/20260901/us-east-1/organizations/aws4_request, Signature=0"
    headers = {"X-Amz-Target": "AWSOrganizationsV20161128.ListRoots", "Authorization": scope}
    connection.request("POST", "/", body, headers)
    with connection.getresponse() as response:
        assert response.status == 400
        assert response.headers["x-amzn-errortype"] == "SerializationException"
    connection.close()


def test_a_number_that_is_none_is_refused(aws):
    connection = http.client.HTTPConnection("127.0.0.1", aws.endpoint.port)
    scope = "AWS4-HMAC-SHA256 Credential=key/20260901/us-east-1/iam/aws4_request, Signature=0"
    body = f"Action=GetOrganizationsAccessReport&JobId={'0' * 36}&MaxItems=ten"
    connection.request("POST", "/", body, {"Authorization": scope})
    with connection.getresponse() as response:
        assert response.status == 400
        assert b"be an integer" in response.read()
    connection.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Length": "10000000"}, 413),
        ({"Content-Length": "-1"}, 411),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_a_body_without_measure_is_refused(aws, headers, status):
    connection = http.client.HTTPConnection("127.0.0.1", aws.endpoint.port)
    connection.putrequest("POST", "/")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    with connection.getresponse() as response:
        assert response.status == status
    connection.close()


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "exporter.simulator.simulation", None)
    with pytest.raises(UserError, match=r"org-access-exporter\[demo\]"), start(SimulationOptions()):
        pass


def test_many_clients_are_answered_at_once(aws):
    organizations = aws.client("organizations", max_pool_connections=8)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: organizations.list_roots()["Roots"], range(40)))
    assert all(answer == answers[0] for answer in answers)
    assert aws.simulation.calls.count("ListRoots") == 40


def test_one_of_many_gets_the_slot(aws):
    iam = aws.client("iam", max_pool_connections=8)
    paths = [entity.path for entity in aws.organization.entities.values()][:8]
    refused = threading.Semaphore(0)

    def ask(path):
        try:
            aws.generate(iam, path)
        except iam.exceptions.ReportGenerationLimitExceededException:
            refused.release()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, paths))
    assert len(aws.simulation.jobs) == 1
    assert sum(refused.acquire(blocking=False) for _ in range(8)) == 7


def test_it_answers_on_ipv6():
    with start(SimulationOptions(accounts=1, ous=0), host="::1") as aws:
        assert aws.url == f"http://[::1]:{aws.port}"
        connection = http.client.HTTPConnection("::1", aws.port)
        connection.request("GET", "/_simulation/calls")
        assert connection.getresponse().status == 200
        connection.close()
