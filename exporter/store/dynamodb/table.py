"""The table, through boto3: every call to DynamoDB is made here, and its failures are mapped."""

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from exporter import __version__
from exporter.causes import classify, evidence, remedy
from exporter.credentials import LOOKS, Chain, ChainProvider, Looks, Session, Source
from exporter.errors import StateError, StateUnavailableError
from exporter.redaction import redacted, remember_surroundings, said
from exporter.store.address import TableAddress
from exporter.store.dynamodb.items import PARTITION, SORT, Item, key, text

KEY_SCHEMA = [
    {"AttributeName": PARTITION, "KeyType": "HASH"},
    {"AttributeName": SORT, "KeyType": "RANGE"},
]
KEY_TYPES = [{"AttributeName": name, "AttributeType": "S"} for name in (PARTITION, SORT)]

_BATCH = 100  # items of one BatchGetItem
_CREATION = 60  # s that AWS may take to make a table
_SERVER_ERROR = 500
# Short, because a holder that gets no answer must have stopped before its lease can be taken.
_CONFIG = Config(
    connect_timeout=2,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
    user_agent_extra=f"org-access-exporter/{__version__}",
)
# Refused now for what may change: load, or somebody else's transaction.
_TRANSIENT = {
    "InternalServerError",
    "LimitExceededException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingError",
    "ThrottlingException",
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
}
_CONDITION = "ConditionalCheckFailed"


class ConditionFailedError(Exception):
    """The table is not as the write assumed; nothing was written."""


def client_for(address: TableAddress, looks: Looks = LOOKS) -> Any:
    """A client with the credentials of the process; StateError where there is no region to be found.

    Credentials are looked for when they are first needed, and renewed beside the calls: those that keep a
    lease cannot wait, and it does not end because a renewal fails while the credentials last.
    """
    source = Source(region=address.region)
    try:
        session = Session(source)
        session.register_component(
            "credential_provider", ChainProvider(Chain(source, grace=inf, looks=looks))
        )
        return boto3.Session(botocore_session=session).client(
            "dynamodb", endpoint_url=address.endpoint, config=_CONFIG
        )
    except NoRegionError:
        told = f"the table {address.table!r} needs a region: dynamodb://{address.table}?region=REGION"
        raise StateError(told) from None
    except (BotoCoreError, ValueError) as error:
        raise StateError(f"the table {address.table!r} cannot be reached: {said(error)}") from error


class Table:
    """Reads are consistent: they see every write that was answered before they were sent.

    Everything raises StateUnavailableError for what may work later, StateError for what will not.
    """

    def __init__(self, client: Any, name: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._name = name
        self._sleep = sleep

    def check(self) -> None:
        """Raise StateError unless the table exists, is ready, and has the keys of ours."""
        described = self._description()
        if described is None:
            region = self._client.meta.region_name
            told = f"there is no table {self._name!r} in {region}: create it, or give --state.create"
            raise StateError(told)
        keys = {item["AttributeName"]: item["KeyType"] for item in described["KeySchema"]}
        if keys != {item["AttributeName"]: item["KeyType"] for item in KEY_SCHEMA}:
            raise StateError(
                f"the table {self._name!r} is not ours: its key is {', '.join(keys)}, "
                f"where it should be {PARTITION}, {SORT}"
            )
        if described["TableStatus"] not in {"ACTIVE", "UPDATING"}:
            raise StateUnavailableError(f"the table {self._name!r} is {described['TableStatus']}")

    def create(self) -> None:
        """Make the table unless there is one, and wait until it can be used."""
        if self._description() is None:
            self._make()
        for _ in range(_CREATION):
            with contextlib.suppress(StateUnavailableError):
                return self.check()
            self._sleep(1.0)
        raise StateUnavailableError(f"the table {self._name!r} was not ready after {_CREATION} s")

    def get(self, organization: str, sort_key: str) -> Item | None:
        answer = self._call("get_item", Key=key(organization, sort_key), ConsistentRead=True)
        return dict(answer["Item"]) if "Item" in answer else None

    def all(self, organization: str) -> Iterator[Item]:
        """All items of an organization, as many calls as there are megabytes."""
        asked: dict[str, Any] = {
            "KeyConditionExpression": "#o = :o",
            "ExpressionAttributeNames": {"#o": PARTITION},
            "ExpressionAttributeValues": {":o": text(organization)},
            "ConsistentRead": True,
        }
        while True:
            answer = self._call("query", **asked)
            yield from answer["Items"]
            if not answer.get("LastEvaluatedKey"):
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def some(self, organization: str, sort_keys: Sequence[str]) -> Iterator[Item]:
        """Those of these items that exist."""
        for at in range(0, len(sort_keys), _BATCH):
            keys = [key(organization, sort_key) for sort_key in sort_keys[at : at + _BATCH]]
            while keys:
                answer = self._call(
                    "batch_get_item", RequestItems={self._name: {"Keys": keys, "ConsistentRead": True}}
                )
                yield from answer["Responses"].get(self._name, [])
                rest = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
                if len(rest) == len(keys):
                    raise StateUnavailableError(f"DynamoDB gave none of {len(keys)} items")
                keys = rest

    def update(self, organization: str, sort_key: str, **expression: Any) -> Item:
        """Change one item, and give it as it is then; raises ConditionFailedError."""
        answer = self._call(
            "update_item", Key=key(organization, sort_key), ReturnValues="ALL_NEW", **expression
        )
        return dict(answer["Attributes"])

    def update_action(self, organization: str, sort_key: str, **expression: Any) -> Item:
        """The same as a part of a transaction."""
        return {"Update": {"TableName": self._name, "Key": key(organization, sort_key), **expression}}

    def transact(self, update: Item, puts: Iterable[Item], deletes: Iterable[Item]) -> None:
        """All of it or, with ConditionFailedError, nothing."""
        actions = [
            update,
            *({"Put": {"TableName": self._name, "Item": item}} for item in puts),
            *({"Delete": {"TableName": self._name, "Key": item}} for item in deletes),
        ]
        self._call("transact_write_items", TransactItems=actions)

    def close(self) -> None:
        """Drop the connections."""
        self._client.close()

    def _description(self) -> Any:
        try:
            return self._client.describe_table(TableName=self._name)["Table"]
        except ClientError as error:
            if _code(error) == "ResourceNotFoundException":
                return None
            raise _mapped_at_start("DescribeTable", error) from error
        except Exception as error:
            raise _mapped_at_start("DescribeTable", error) from error

    def _make(self) -> None:
        try:
            self._client.create_table(
                TableName=self._name,
                KeySchema=KEY_SCHEMA,
                AttributeDefinitions=KEY_TYPES,
                BillingMode="PAY_PER_REQUEST",
            )
        except ClientError as error:
            # Another replica was started with the same flag, and was quicker.
            if _code(error) != "ResourceInUseException":
                raise _mapped_at_start("CreateTable", error) from error
        except Exception as error:
            raise _mapped_at_start("CreateTable", error) from error

    def _call(self, method: str, **parameters: Any) -> Any:
        named = {} if method in {"batch_get_item", "transact_write_items"} else {"TableName": self._name}
        try:
            return getattr(self._client, method)(**named, **parameters)
        except ClientError as error:
            if _code(error).startswith(_CONDITION):
                raise ConditionFailedError(method) from error
            raise _mapped(error) from error
        except Exception as error:
            # botocore lets the errors of its parsers out as they are, whatever they are.
            raise _mapped(error) from error


def _code(error: ClientError) -> str:
    """The error's code; of a cancelled transaction that of its most telling reason."""
    told = error.response
    code = str(told.get("Error", {}).get("Code", "Unknown"))
    reasons = {str(reason.get("Code")) for reason in told.get("CancellationReasons", ())} - {"None"}
    if code != "TransactionCanceledException" or not reasons:
        return code
    # A failed condition says that nothing will ever come of it, whatever else was in the way.
    return _CONDITION if _CONDITION in reasons else min(reasons, key=lambda reason: reason not in _TRANSIENT)


def _mapped(error: Exception) -> StateError:
    """While the daemon runs: credentials are renewed and permissions given, only nonsense stays nonsense."""
    lasting = isinstance(error, ClientError) and _code(error) == "ValidationException"
    # Without the operation: a table out of reach is one condition, whichever call meets it.
    return (StateError if lasting else StateUnavailableError)(_told("DynamoDB", error))


def _mapped_at_start(operation: str, error: Exception) -> StateError:
    """Before it runs: whatever AWS refuses is for the user to put right."""
    lasting = isinstance(error, NoCredentialsError)
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        lasting = _code(error) not in _TRANSIENT and status < _SERVER_ERROR
    return (StateError if lasting else StateUnavailableError)(_told(f"DynamoDB {operation}", error))


def _told(source: str, error: Exception) -> str:
    """What went wrong, without secrets, and what to do about it."""
    remember_surroundings(os.environ)
    if isinstance(error, ClientError):
        code, known = _code(error), None
        message = redacted(str(error.response.get("Error", {}).get("Message") or "no message"))
        what = f"{source}: {redacted(code)}: {message}"
    else:
        code, known, message = type(error).__name__, evidence(error, os.environ), said(error)
        what = f"{source}: {message or code}"
    advice = remedy(classify(source, code, message, known), source, message, known)
    return f"{what} ({advice})" if advice else what
