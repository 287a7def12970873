"""How much of an answer is taken in: one that never ends would take the memory, or the thread.

botocore waits for every single byte as long as for the first, and reads whatever comes.
"""

import time
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

MOST_BYTES = 32 * 1024 * 1024  # thirty times the largest page that AWS sends
LONGEST = 30.0  # s from the request to the end of the body; the first byte may take 15


def limit() -> None:
    """Let botocore, wherever this process has it, give up an answer that is too long or takes too long.

    It is then repeated. Also one that was cut off is: botocore would take it for a whole one.
    """
    AWSHTTPConnectionPool.ConnectionCls = _Plain
    AWSHTTPSConnectionPool.ConnectionCls = _Encrypted


class _Measured(RawIOBase):
    """The bytes of one answer; raises TimeoutError or ValueError where they go on beyond all measure."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._until = time.monotonic() + LONGEST
        self._left = MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if time.monotonic() > self._until:
            raise TimeoutError(f"the answer did not end within {LONGEST:.0f} s")
        size = int(self._raw.readinto(buffer))
        self._left -= size
        if self._left < 0:
            raise ValueError(f"the answer did not end within {MOST_BYTES} bytes")
        return size

    def close(self) -> None:
        super().close()
        self._raw.close()


class _Answer(HTTPResponse):
    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.fp = BufferedReader(_Measured(self.fp.detach()))


class _Limited:
    response_class = _Answer

    def getresponse(self) -> Any:
        response = super().getresponse()  # type: ignore[misc]  # a class behind this one has it
        response.enforce_content_length = True
        return response


class _Plain(_Limited, AWSHTTPConnection):  # type: ignore[misc]  # botocore has no types
    pass


class _Encrypted(_Limited, AWSHTTPSConnection):  # type: ignore[misc]  # botocore has no types
    pass
