"""The one way to read a listing of AWS's: every page of it."""

from collections.abc import Iterator
from typing import Any

from exporter.aws.calls import Service
from exporter.errors import TransitError

_MOST_PAGES = 10_000  # four times what the largest organization has


def pages(service: Service, method: str, key: str, **parameters: Any) -> Iterator[dict[str, Any]]:
    """The items of all pages, asked for one by one as they are needed; raises AwsError.

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
