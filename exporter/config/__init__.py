"""YAML into a frozen configuration, or into every problem in it at once.

It never reaches out: files are read, and AWS is not asked.
"""

from exporter.config.load import default, load, parse
from exporter.config.masking import masked, masked_yaml
from exporter.config.protecting import protected
from exporter.config.reference import json_schema, reference
from exporter.config.secret import Secret
from exporter.config.settings import (
    CollectionConfig,
    Config,
    NewsConfig,
    OrganizationConfig,
    Protection,
)

__all__ = [
    "CollectionConfig",
    "Config",
    "NewsConfig",
    "OrganizationConfig",
    "Protection",
    "Secret",
    "default",
    "json_schema",
    "load",
    "masked",
    "masked_yaml",
    "parse",
    "protected",
    "reference",
]
