"""What a service manager is told, and what comes of one that is not there."""

import socket

from exporter.daemon.service_manager import READY, ServiceManager


def test_a_manager_with_an_abstract_address_is_told():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind("\0org-access-exporter-test")
        end.settimeout(5)
        ServiceManager({"NOTIFY_SOCKET": "@org-access-exporter-test"}).tell(READY)
        assert end.recv(100) == b"READY=1"


def test_no_child_finds_the_manager():
    environment = {"NOTIFY_SOCKET": "/run/x", "HOME": "/"}
    ServiceManager(environment)
    assert environment == {"HOME": "/"}


def test_a_manager_that_is_not_there_stops_nothing(tmp_path):
    for address in (str(tmp_path / "gone"), "vsock:2:1234", ""):
        ServiceManager({"NOTIFY_SOCKET": address}).tell(READY)
