"""What stays the same in a reason that is given again and again."""

import re

_MOMENTS = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?|\d{8}T\d{6}Z")
_IDS = re.compile(r"\b(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{8,}")
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_NUMBER = re.compile(r"\d+")


def gist(reason: str) -> str:
    """``reason`` without times, request ids, addresses of objects, ports and counts; accounts stay.

    Two reasons of the same gist are one condition, and are logged once.
    """
    told = _IDS.sub("_", _MOMENTS.sub("_", reason))
    return _NUMBER.sub(lambda found: found[0] if _ACCOUNT.fullmatch(found[0]) else "0", told)
