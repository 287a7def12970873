"""A recommendation as the text of policies, as data, and as code for those who apply it.

It never decides what is denied.
"""

from exporter.recommend.rendering.basis import description, resource_name
from exporter.recommend.rendering.cloudformation import cloudformation
from exporter.recommend.rendering.evidence import evidence
from exporter.recommend.rendering.terraform import terraform
from exporter.recommend.rendering.text import policy_texts

__all__ = ["cloudformation", "description", "evidence", "policy_texts", "resource_name", "terraform"]
