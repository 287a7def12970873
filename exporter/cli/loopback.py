"""What this machine says to itself goes through no proxy, whatever the environment says of proxies."""

from collections.abc import MutableMapping

_PROXIES = ("http_proxy", "https_proxy", "all_proxy")
# As urllib and botocore compare them: an address of IPv6 has its brackets there.
_OURS = ("localhost", "127.0.0.1", "::1", "[::1]")


def leave_out_loopback(environment: MutableMapping[str, str]) -> None:
    """Name loopback among the hosts without a proxy, where there is a proxy at all."""
    if not any(environment.get(name) or environment.get(name.upper()) for name in _PROXIES):
        return
    # The name in small letters wins, and programs differ in which of them they know.
    given = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    if given.strip() == "*":
        return
    named = [name for name in (part.strip() for part in given.split(",")) if name]
    told = ",".join([*named, *(name for name in _OURS if name not in named)])
    environment["no_proxy"] = environment["NO_PROXY"] = told
