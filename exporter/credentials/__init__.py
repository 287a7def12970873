"""Credentials as botocore's chain finds them, with an end to every wait.

It never waits without an end, and never speaks IAM or Organizations.

Both rooms that speak to AWS stand on this: the one that collects and the one that keeps a shared state.
"""

from exporter.credentials.attendance import UNATTENDED, Attendance, attended, here
from exporter.credentials.chain import LOOKS, Chain, ChainProvider
from exporter.credentials.keys import InvalidCredentialsError, Keys
from exporter.credentials.look import Looks
from exporter.credentials.session import Session, Source

__all__ = [
    "LOOKS",
    "UNATTENDED",
    "Attendance",
    "Chain",
    "ChainProvider",
    "InvalidCredentialsError",
    "Keys",
    "Looks",
    "Session",
    "Source",
    "attended",
    "here",
]
