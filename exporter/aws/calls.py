"""Calls to AWS: made, counted, and their failures mapped, in one place.

botocore repeats calls by itself. Its events tell of every single request, so that the counters show as many
as AWS counts.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import local
from typing import Any

from botocore.exceptions import ClientError

from exporter.aws.faults import coded, lost, mapped
from exporter.aws.wire import forget_empty_counts
from exporter.credentials import UNATTENDED, Attendance
from exporter.errors import CredentialsError, LeaseLostError, TransitError
from exporter.redaction import remember_request

PATIENCE = 10.0  # s waited in vain after which botocore does not repeat a call; who made it may
_UNKNOWN_KEY = {"InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException"}
_NO_SUCCESS = 300  # the first HTTP status that is none
_MOST_PAGES = 10_000  # four times what the largest organization has


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request: ``seconds`` until its answer, ``code`` of its error (empty: it succeeded)."""

    api: str
    operation: str
    seconds: float
    code: str = ""


class _Unanswered(Exception):  # noqa: N818 - never leaves this room
    """A call has had no answer for so long that it is given up; ``last`` is why it had none."""

    def __init__(self, last: Exception) -> None:
        super().__init__(str(last))
        self.last = last


class Meter:
    """Hears every request of the botocore sessions it is attached to, in any thread.

    ``permit`` is asked before each of them is sent, botocore's own repetitions included, and may raise
    LeaseLostError to keep it from leaving.
    """

    def __init__(self, observe: Callable[[Call], None], permit: Callable[[], None]) -> None:
        self._observe = observe
        self._permit = permit
        self._pending = local()

    def attach(self, events: Any) -> None:
        """Listen on a session's events; clients made from it afterwards inherit that."""
        # Last, since the adaptive retry's own handler may wait for seconds before the request leaves.
        events.register_last("before-send", self._sent)
        events.register("response-received", self._answered)
        events.register("before-parse.organizations", _refuse_garbage)
        events.register("before-parse.iam", forget_empty_counts)

    def begin(self) -> None:
        """A call begins in this thread: it is repeated for some seconds only, if there is no answer at all.

        Four attempts that each wait for one in vain would keep from everybody for minutes what is wrong.
        Pauses between them are short, and do not count.
        """
        self._pending.waited = 0.0
        self._pending.unanswered = None

    def settle(self, code: str) -> None:
        """The request under way in this thread, if there is one, ended with this error code."""
        sent = getattr(self._pending, "request", None)
        if sent is None:
            return
        self._pending.request = None
        api, operation, start = sent
        seconds = time.monotonic() - start
        self._pending.waited = getattr(self._pending, "waited", 0.0) + seconds
        self._observe(Call(api, operation, seconds, code))

    def _sent(self, event_name: str, request: Any, **_: Any) -> None:
        self._permit()
        last = getattr(self._pending, "unanswered", None)
        if last is not None and self._pending.waited > PATIENCE:
            raise _Unanswered(last)
        remember_request(request)
        _event, api, operation = event_name.split(".", 2)
        self._pending.request = (api, operation, time.monotonic())

    def _answered(
        self, parsed_response: dict[str, Any] | None, exception: Exception | None, **_: Any
    ) -> None:
        self._pending.unanswered = exception
        if exception is not None:
            self.settle(lost(exception))
        else:
            self.settle(_code(parsed_response or {}))


def _refuse_garbage(response_dict: dict[str, Any], **_: Any) -> None:
    """Raise ValueError for an answer that is no JSON object.

    botocore takes one for an answer without any members, and an organization without accounts is what a
    listing would then be believed to say.
    """
    if response_dict["status_code"] < _NO_SUCCESS and not isinstance(json.loads(response_dict["body"]), dict):
        raise ValueError("the answer is no JSON object")


def _code(parsed: dict[str, Any]) -> str:
    """The error code of an answer; its status where an answer that is no success has none."""
    status = parsed.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = parsed.get("Error", {}).get("Code")
    return (coded(code) or "Unknown") if code else str(status) if status >= _NO_SUCCESS else ""


class Service:
    """One AWS API with the credentials that its client was made with.

    ``principal`` stands for whoever has them, if they are the same after a restart; else it is empty.
    ``attendance`` says for how long a key that AWS does not know may be tried again, and hears of long waits.
    """

    def __init__(
        self,
        client: Any,
        meter: Meter,
        principal: str = "",
        attendance: Attendance = UNATTENDED,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._meter = meter
        self._attendance = attendance
        self._sleep = sleep
        self.principal = principal

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The answer to ``method`` (boto3's name of the operation); raises AwsError, LeaseLostError.

        Not for listings: one page of them, even an empty one, says nothing of the others.
        """
        if method.startswith("list_"):
            raise ValueError(f"{method} is read by pages()")
        return self.page(method, **parameters)

    def page(self, method: str, **parameters: Any) -> dict[str, Any]:
        """As ``call``, for the one place that goes on to the next page: :func:`pages`."""
        start = time.monotonic()
        while True:
            try:
                return self._called(method, parameters)
            except CredentialsError as error:
                wait = next(self._attendance.waits, None) if error.code in _UNKNOWN_KEY else None
                if wait is None:
                    raise
                self._sleep(wait)
            except TransitError as error:
                if time.monotonic() - start > PATIENCE:
                    self._attendance.tell(str(error))
                raise

    def _called(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        operation = self._client.meta.method_to_api_mapping[method]
        self._meter.begin()
        try:
            return dict(getattr(self._client, method)(**parameters))
        except _Unanswered as error:
            raise mapped(operation, error.last) from error
        except ClientError as error:
            raise mapped(operation, error, str(parameters.get("RoleArn") or "")) from error
        except LeaseLostError:
            raise
        except Exception as error:
            # botocore lets the errors of its parsers out as they are, whatever they are.
            self._meter.settle(lost(error))
            raise mapped(operation, error) from error


def pages(service: Service, method: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
    """The one way to read a listing: the items of all pages, asked for as they are needed; raises AwsError.

    An empty page may not be the last; a token seen before never ends.
    """
    seen: set[str] = set()
    token: dict[str, str] = {}
    for _ in range(_MOST_PAGES):
        answer = service.page(method, **parameters, **token)
        yield from answer.get(key) or ()
        following = answer.get("NextToken")
        if not following:
            return
        if following in seen:
            raise TransitError(method, "RepeatedToken", "AWS gave the same NextToken twice")
        seen.add(following)
        token = {"NextToken": following}
    raise TransitError(method, "TooManyPages", f"no end after {_MOST_PAGES} pages")
