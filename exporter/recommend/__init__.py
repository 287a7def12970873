"""Service control policies from evidence: what nobody used for long enough is denied, and why is told.

It never denies what was used within the time asked for, and never judges without evidence.
"""

from exporter.recommend.attached import already_denied, denied_by_name
from exporter.recommend.case import Attached, Case, Member, Origin
from exporter.recommend.deciding import below, recommend
from exporter.recommend.exemptions import exempted
from exporter.recommend.groups import COMPANIONS, NEVER, PROTECTED, REVIEW_FIRST, REVIEWED, Group
from exporter.recommend.memory import Memory, remembered
from exporter.recommend.own import Own
from exporter.recommend.policies import LIMIT, MOST_ATTACHED, Variant, compact, length
from exporter.recommend.recommendation import SHORTEST, TRACKED, UNUSED_FOR, Recommendation, Wish
from exporter.recommend.rendering import (
    cloudformation,
    description,
    evidence,
    policy_texts,
    resource_name,
    terraform,
)
from exporter.recommend.sharing import shared
from exporter.recommend.uses import Use, latest_uses, most_accounts, use_in
from exporter.recommend.verdict import Ground, Verdict
from exporter.recommend.wording import told

__all__ = [
    "COMPANIONS",
    "LIMIT",
    "MOST_ATTACHED",
    "NEVER",
    "PROTECTED",
    "REVIEWED",
    "REVIEW_FIRST",
    "SHORTEST",
    "TRACKED",
    "UNUSED_FOR",
    "Attached",
    "Case",
    "Ground",
    "Group",
    "Member",
    "Memory",
    "Origin",
    "Own",
    "Recommendation",
    "Use",
    "Variant",
    "Verdict",
    "Wish",
    "already_denied",
    "below",
    "cloudformation",
    "compact",
    "denied_by_name",
    "description",
    "evidence",
    "exempted",
    "latest_uses",
    "length",
    "most_accounts",
    "policy_texts",
    "recommend",
    "remembered",
    "resource_name",
    "shared",
    "terraform",
    "told",
    "use_in",
]
