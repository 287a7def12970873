"""Every error this program raises on purpose, as one tree.

::

    ExporterError
    ├── UserError                 the user's input or environment is wrong: one line, exit code 1
    │   ├── ConfigError           problems in a configuration file, all of them, each with its place
    │   │   └── ConfigUnavailableError  it could not be judged: what failed now may work later
    │   ├── AmbiguousError        several entities have the name that was given
    │   └── StateError            a state that cannot be opened, is damaged, or is not ours
    │       ├── StateUnavailableError  it cannot be reached or is full: what failed now may work later
    │       └── LeaseLostError         somebody else holds the lease, and with it the right to write
    └── AwsError                  a call to AWS that did not bring what was asked for
        ├── TransitError          the call or its answer was lost on the way: repeating it may help
        ├── SlotTakenError        409 ReportGenerationLimitExceeded: somebody else's job is running
        ├── NoSuchJobError        404 NoSuchEntity: the job id is not (or no longer) this session's
        ├── CredentialsError      no credentials, or ones that AWS does not accept (any more)
        ├── DeniedError           the credentials are fine, the permission is missing
        └── RefusedError          any other answer in which AWS said no

Errors of botocore are mapped to these once, in ``exporter.aws``; errors of pydantic and PyYAML once,
in ``exporter.config``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from exporter.causes import Cause, Evidence, classify, remedy


class ExporterError(Exception):
    """The root of the tree."""


class UserError(ExporterError):
    """What the user gave or where the program runs is wrong; ``str()`` is the line to show."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a file: where (``file:line:column``, path in the document) and what."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class ConfigError(UserError):
    """All that is wrong with a configuration, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class ConfigUnavailableError(ConfigError):
    """Nothing was found wrong, but something to find it out with is missing: descriptors, or room."""


class AmbiguousError(UserError):
    """Several entities have one name; ``problems`` are the lines to show."""

    def __init__(self, name: str, candidates: Sequence[str]) -> None:
        told = f"{len(candidates)} entities are called {name!r}: give the id of one of them"
        self.problems = (told, *(f"  {candidate}" for candidate in candidates))
        super().__init__("\n".join(self.problems))


class StateError(UserError):
    """The state cannot be used, and was left as it is."""


class StateUnavailableError(StateError):
    """The state cannot be used now: a full disk, a table out of reach. Trying again may help."""


class LeaseLostError(StateError):
    """The lease of an organization is somebody else's, or ran out; nothing was done by its right."""


class AwsError(ExporterError):
    """AWS did not give what was asked for.

    ``operation`` is the API operation, ``code`` AWS's error code (or ours where no answer came). ``cause`` is
    told by these, the message and ``evidence``; where they are not enough, by the kind of error.
    """

    usual: ClassVar[Cause] = Cause.UNKNOWN

    def __init__(self, operation: str, code: str, message: str, evidence: Evidence | None = None) -> None:
        self.operation = operation
        self.code = code
        self.message = message
        self.evidence = evidence
        told = classify(operation, code, message, evidence)
        self.cause = self.usual if told is Cause.UNKNOWN else told
        super().__init__(f"{operation}: {code}: {message}")

    @property
    def remedy(self) -> str:
        """What is wrong and what to do about it, on one line; empty where nobody can tell."""
        return remedy(self.cause, self.operation, self.message, self.evidence)

    @property
    def advised(self) -> str:
        """The error, and the remedy behind it."""
        return f"{self} ({self.remedy})" if self.remedy else str(self)


class TransitError(AwsError):
    """No usable answer: 5xx, timeout, reset, refused, or something that does not parse."""

    usual = Cause.GARBAGE


class SlotTakenError(AwsError):
    """Another job of this management account is running."""

    usual = Cause.SLOT


class NoSuchJobError(AwsError):
    """The job id is unknown to AWS, or belongs to another principal or session."""

    usual = Cause.JOB


class CredentialsError(AwsError):
    """There are no credentials, or AWS no longer accepts them."""

    usual = Cause.CREDENTIALS


class DeniedError(AwsError):
    """AWS knows who asks and refuses: a permission, the wrong account, or SCPs disabled."""

    usual = Cause.DENIED


class RefusedError(AwsError):
    """Any other refusal; repeating the same call will not help."""
