"""State that several replicas share: one DynamoDB table for all organizations.

It never trusts this machine's clock, and never reads another organization's items.
"""

from exporter.store.dynamodb.store import open_table

__all__ = ["open_table"]
