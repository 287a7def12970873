"""Why AWS could not be asked, or did not give what was asked for; and what to do about each cause.

It never asks anybody: it reads texts.

Errors are classified by what they say, not by the call that met them: a clock that is wrong, a proxy that is
down or a bundle of CA certificates that is missing stops whatever call comes first.
"""

from exporter.causes.cause import Cause, Evidence, answered, evidence
from exporter.causes.classify import classify
from exporter.causes.gist import gist
from exporter.causes.remedy import remedy

__all__ = ["Cause", "Evidence", "answered", "classify", "evidence", "gist", "remedy"]
