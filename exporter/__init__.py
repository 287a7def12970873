"""Prometheus exporter for AWS IAM Organizations access reports.

It never changes anything in AWS: it reads, and asks for reports.
"""

__version__: str


def __getattr__(name: str) -> str:
    """The version, when it is asked for: finding it takes longer than to begin to listen to signals."""
    if name != "__version__":
        raise AttributeError(name)
    from importlib.metadata import version  # noqa: PLC0415 - see above

    return version("org-access-exporter")
