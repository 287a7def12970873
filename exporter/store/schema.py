"""The tables of an embedded state, how a file says that it is one, and the way from version to version."""

import sqlite3
from collections.abc import Sequence

APPLICATION_ID = 0x4F414158  # "OAAX", in the header of every file of ours

# Step i brings a file of version i to version i + 1; that of version 0 is empty. A step that was released
# never changes. Keys are UTF-8 with surrogates as they are, which SQLite's own TEXT cannot hold.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE discovery (
            organization BLOB PRIMARY KEY, value BLOB NOT NULL)""",
        """CREATE TABLE standing (
            organization BLOB, entity_id BLOB, policy_id BLOB, value BLOB NOT NULL,
            PRIMARY KEY (organization, entity_id, policy_id))""",
        """CREATE TABLE started (
            organization BLOB PRIMARY KEY, entity_id BLOB, policy_id BLOB, value BLOB NOT NULL)""",
    ),
    (
        """CREATE TABLE news (
            organization BLOB, entity_id BLOB, policy_id BLOB, told REAL, value BLOB NOT NULL,
            PRIMARY KEY (organization, entity_id, policy_id, told))""",
        """CREATE TABLE tally (
            organization BLOB PRIMARY KEY, value BLOB NOT NULL)""",
    ),
)

# Damage can make text of a value: the cast sees to it that what is read are bytes in any case.
VALUE = "CAST(value AS BLOB)"
_SUBJECT = "organization, entity_id, policy_id"
# Which keys each table has, and since which version there is one.
_TABLES = (
    ("discovery", "organization", 1),
    ("standing", _SUBJECT, 1),
    ("started", _SUBJECT, 1),
    ("news", f"{_SUBJECT}, told", 2),
    ("tally", "organization", 2),
)


def columns(version: int = len(STEPS)) -> tuple[str, ...]:
    """Queries that read nothing, and fail unless a version's tables have all their keys.

    A damaged byte can change the name of a column, with which the file is as well put together as before.
    """
    return tuple(
        f"SELECT {keys} FROM {table} LIMIT 0"  # noqa: S608 - constants
        for table, keys, since in _TABLES
        if since <= version
    )


def records(version: int = len(STEPS)) -> str:
    """A query for every record of a version, for :func:`exporter.store.codec.check`."""
    return " UNION ALL ".join(
        f"SELECT {VALUE} FROM {table}"  # noqa: S608 - constants
        for table, _, since in _TABLES
        if since <= version
    )


def version_of(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(connection: sqlite3.Connection, steps: Sequence[Sequence[str]] = STEPS) -> bool:
    """Bring the tables to the newest version, wholly or not at all; whether there was something to do."""
    connection.execute("BEGIN IMMEDIATE")
    version = version_of(connection)
    for step in steps[version:]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(steps)}")
    connection.execute("COMMIT")
    return version < len(steps)
