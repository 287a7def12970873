"""No secret leaves in a text: what is known to be one, and what looks like one, is replaced.

It never lets an error through because it cannot be cleaned.

Texts of AWS, of libraries and of programs quote what was sent to them. They are cleaned where they come in,
where errors are mapped, in ``exporter.aws`` and ``exporter.store.dynamodb``; and once more where lines leave,
in the log and on stderr. A process has one set of secrets, as it has one log.
"""

from exporter.redaction.clean import redacted, remember, said
from exporter.redaction.patterns import MASK
from exporter.redaction.sources import remember_request, remember_surroundings, trim

__all__ = [
    "MASK",
    "redacted",
    "remember",
    "remember_request",
    "remember_surroundings",
    "said",
    "trim",
]
