"""Prometheus exporter for AWS IAM Organizations access reports."""

from importlib.metadata import version

__version__ = version("org-access-exporter")
