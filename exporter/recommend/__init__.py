"""Service control policies from evidence: what nobody used for long enough is denied, and why is told."""

from exporter.recommend.attached import denied_by_name, told
from exporter.recommend.case import Attached, Case, Member
from exporter.recommend.evidence import evidence, terraform
from exporter.recommend.policies import LIMIT, Variant, compact
from exporter.recommend.protected import PROTECTED
from exporter.recommend.recommendation import TRACKED, Recommendation, Wish, recommend
from exporter.recommend.verdict import Ground, Verdict

__all__ = [
    "LIMIT",
    "PROTECTED",
    "TRACKED",
    "Attached",
    "Case",
    "Ground",
    "Member",
    "Recommendation",
    "Variant",
    "Verdict",
    "Wish",
    "compact",
    "denied_by_name",
    "evidence",
    "recommend",
    "terraform",
    "told",
]
