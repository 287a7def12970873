"""What is known of an error beside its own words: the errors behind it, and settings that it may be about."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from exporter.causes.cause import Evidence

_BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
_MOST = 8  # exceptions of a chain
_LENGTH = 1000  # characters of each


def evidence(error: BaseException, environ: Mapping[str, str]) -> Evidence:
    """What ``error`` and the environment of the process tell."""
    url = _endpoint(error)
    return Evidence(
        trail=tuple(_trail(error)),
        ca_bundle=_ca_bundle(environ),
        proxy=_proxy(url, environ),
        host=_host(url),
        token_file=environ.get("AWS_WEB_IDENTITY_TOKEN_FILE", ""),
    )


def answered(status: int, role: str) -> Evidence:
    """The same for an answer of AWS's; ``role`` is the one that was to be assumed, if that was asked."""
    return Evidence(trail=(f"HTTP {status}",), role=role)


def _errors(error: BaseException) -> Iterator[BaseException]:
    """An exception and those behind it, outermost first."""
    at: BaseException | None = error
    for _ in range(_MOST):
        if at is None:
            return
        yield at
        at = at.__cause__ or at.__context__


def _trail(error: BaseException) -> Iterator[str]:
    for each in _errors(error):
        yield f"{type(each).__name__}: {str(each)[:_LENGTH]}"


def _endpoint(error: BaseException) -> str:
    """The URL that was asked, as botocore's errors know it."""
    for each in _errors(error):
        kwargs = getattr(each, "kwargs", None)
        if isinstance(kwargs, dict) and kwargs.get("endpoint_url"):
            return str(kwargs["endpoint_url"])
    return ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _ca_bundle(environ: Mapping[str, str]) -> str:
    return next((f"{name}={environ[name]}" for name in _BUNDLES if environ.get(name)), "")


def _proxy(url: str, environ: Mapping[str, str]) -> str:
    """The setting of the proxy for ``url``, and the address in it."""
    schemes = ("http", "https") if url.startswith("http:") else ("https", "http")
    names = [name for scheme in schemes for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper())]
    name = next((name for name in names if environ.get(name)), "")
    return f"{name} ({_address(environ[name])})" if name else ""


def _address(proxy: str) -> str:
    """Host and port: whatever stands before the last ``@`` may be a password, escaped well or badly."""
    return proxy.rpartition("://")[2].rpartition("@")[2].partition("/")[0]
