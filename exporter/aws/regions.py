"""The Regions that botocore knows."""

from functools import cache

from botocore.loaders import Loader


@cache
def known_regions() -> frozenset[str]:
    """Every Region of every partition, as of botocore's version."""
    endpoints = Loader().load_data("endpoints")
    return frozenset(region for partition in endpoints["partitions"] for region in partition["regions"])
