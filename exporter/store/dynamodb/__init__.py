"""State that several replicas share: one DynamoDB table for all organizations."""

from exporter.store.dynamodb.address import Address
from exporter.store.dynamodb.store import DynamoDbStore, open_table

__all__ = ["Address", "DynamoDbStore", "open_table"]
