"""The names of Services, as a cluster's DNS gives them: its address, or without one those of all its pods."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

DOMAIN = "cluster.local"
_A = 1


def addresses(ask: Callable[[str], dict], name: str) -> list[str] | None:
    """The addresses of ``SERVICE.NAMESPACE.svc.cluster.local``; None where there is no such name."""
    words = name.lower().rstrip(".").removesuffix(f".svc.{DOMAIN}").split(".")
    if not name.lower().rstrip(".").endswith(f".svc.{DOMAIN}") or len(words) != 2:
        return None
    service, space = words
    try:
        found = ask(f"/api/v1/namespaces/{space}/services/{service}")
        if (address := found["spec"]["clusterIP"]) != "None":
            return [address]
        label = f"kubernetes.io/service-name={service}"
        slices = ask(f"/apis/discovery.k8s.io/v1/namespaces/{space}/endpointslices?labelSelector={label}")
    except Exception:  # noqa: BLE001 - whatever went wrong, a name server goes on
        return None
    return list(_ready(slices["items"])) or None


def _ready(slices: Iterable[dict]) -> Iterator[str]:
    for item in slices:
        for endpoint in item["endpoints"] or ():
            if endpoint["conditions"]["ready"]:  # as the Service wants them published
                yield from endpoint["addresses"]


def answer(query: bytes, known: Callable[[str], list[str] | None]) -> bytes:
    """The answer to a question of one name; nobody has addresses of version 6."""
    name, end = _question(query)
    kind = struct.unpack_from(">H", query, end)[0]
    found = known(name)
    records = found if found and kind == _A else []
    flags = 0x8180 | (0 if found else 3)
    head = query[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0) + query[12 : end + 4]
    return head + b"".join(
        struct.pack(">HHHIH", 0xC00C, _A, 1, 1, 4) + socket.inet_aton(record) for record in records
    )


def _question(query: bytes) -> tuple[str, int]:
    words, place = [], 12
    while length := query[place]:
        words.append(query[place + 1 : place + 1 + length].decode())
        place += 1 + length
    return ".".join(words), place + 1


@contextmanager
def served(address: str, ask: Callable[[str], dict]) -> Iterator[None]:
    """Answers on port 53, as long as the context lasts."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as place:
        place.bind((address, 53))
        thread = threading.Thread(target=_serve, args=(place, ask), daemon=True)
        thread.start()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                place.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def _serve(place: socket.socket, ask: Callable[[str], dict]) -> None:
    while True:
        query, asker = place.recvfrom(4096)
        if not query:
            return
        place.sendto(answer(query, lambda name: addresses(ask, name)), asker)
