"""The policies alone, as AWS takes them."""

import json

from exporter.recommend.policies import compact
from exporter.recommend.recommendation import Recommendation


def policy_texts(found: Recommendation) -> tuple[str, ...]:
    """Each policy as a text that with its line end is at most as long as AWS takes, blanks included.

    As easy to read as that allows; where there are several, each is one line.
    """
    if len(found.policies) == 1:
        (policy,) = found.policies
        text = json.dumps(policy, indent=2)
        return (text if len(text) < found.wish.limit else compact(policy),)
    return tuple(compact(policy) for policy in found.policies)
