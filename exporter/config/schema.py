"""What a user may write: the file's shape, its types, its defaults and the words that explain them.

Nothing runs on these models; ``exporter.config.settings`` has what does. Docs and the published JSON schema
are made from here. Null stands only where it is the default; a key that is not wanted is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from exporter.config import syntax
from exporter.config.durations import PATTERN, parse_duration
from exporter.config.quoting import describe
from exporter.model import Services


@dataclass(frozen=True, slots=True)
class Kind:
    """What the docs call a type; pydantic passes it by."""

    name: str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


def _some_time(text: str) -> str:
    if parse_duration(text) == 0:
        raise ValueError("must be longer than 0")
    return text


def _at_most(days: int, written: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if parse_duration(text) > days * 86_400:
            raise ValueError(f"must be at most {written}")
        return text

    return check


def _with_unit(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool) and value:
        raise ValueError(f"{value} is not a duration: a unit is missing (ms, s, m, h, d, w, y)")
    return "0" if value == 0 and not isinstance(value, bool) else value


def _digits_as_text(value: object) -> object:
    """Digits without quotes arrive as a number: nothing is lost, as no number begins with a zero."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else value


def _a_share(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"must be a number above 0 and up to 1, not {describe(value)}")  # noqa: TRY004 - pydantic's
    if not 0 < value <= 1:
        raise ValueError(f"must be above 0 and at most 1, not {value:g}")
    return float(value)


def _rows(value: object) -> Services:
    if not isinstance(value, str) or value not in set(Services):
        raise ValueError(f"must be all, accessed or none, not {describe(value)}")
    return Services(value)


def _whole(pattern: str) -> dict[str, Any]:
    return {"pattern": f"^(?:{pattern})$"}


Duration = Annotated[
    str,
    Kind("duration"),
    BeforeValidator(_with_unit),
    AfterValidator(_some_time),
    Field(json_schema_extra=_whole(f"(?=[0-9]){PATTERN}"), examples=["90s", "6h", "1d12h"]),
]
Share = Annotated[
    float,
    Kind("number"),
    BeforeValidator(_a_share),
    Field(json_schema_extra={"exclusiveMinimum": 0, "maximum": 1}),
]
Kept = Annotated[Duration, AfterValidator(_at_most(90, "90d"))]
Name = Annotated[
    str, Kind("string"), AfterValidator(syntax.present), Field(json_schema_extra={"pattern": r"\S"})
]
Region = Annotated[
    str, Kind("region"), AfterValidator(syntax.region), Field(json_schema_extra=_whole(syntax.REGION))
]
RoleArn = Annotated[
    str, Kind("role ARN"), AfterValidator(syntax.role_arn), Field(json_schema_extra=_whole(syntax.ROLE_ARN))
]
ExternalId = Annotated[
    str,
    Kind("secret"),
    AfterValidator(syntax.external_id),
    Field(json_schema_extra=_whole(syntax.EXTERNAL_ID)),
]
SessionName = Annotated[
    str,
    Kind("string"),
    AfterValidator(syntax.session_name),
    Field(json_schema_extra=_whole(syntax.SESSION_NAME)),
]
Url = Annotated[
    str, Kind("URL"), AfterValidator(syntax.url), Field(json_schema_extra={"pattern": "^https?://"})
]
PolicyId = Annotated[
    str,
    Kind("policy id"),
    AfterValidator(syntax.policy_id),
    Field(json_schema_extra=_whole(syntax.POLICY_ID)),
]
JobId = Annotated[
    str, Kind("job id"), AfterValidator(syntax.job_id), Field(json_schema_extra=_whole(syntax.JOB_ID))
]
Selector = Annotated[
    str,
    Kind("selector"),
    AfterValidator(syntax.selector),
    BeforeValidator(_digits_as_text),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"\S"},
                {"type": "integer", "minimum": 10**11, "maximum": 10**12 - 1},
            ]
        }
    ),
]
Namespace = Annotated[
    str,
    Kind("service namespace"),
    AfterValidator(syntax.namespace),
    Field(json_schema_extra=_whole(syntax.NAMESPACE)),
]
Day = Annotated[
    str,
    Kind("day"),
    AfterValidator(syntax.day),
    Field(json_schema_extra=_whole(syntax.DAY), examples=["2027-06-30"]),
]
AccountState = Annotated[
    Literal["PENDING_ACTIVATION", "ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED"], Kind("account state")
]
Rows = Annotated[Services, Kind("`all`, `accessed` or `none`"), BeforeValidator(_rows)]

_ENABLED = "Whether reports of this class are collected."
_REFRESH = "How old a report may become before a new one is asked for."
_SERVICES = "Rows shown: `all` accessible services, those `accessed` in the tracking period, or `none`."


class Broad(_Strict):
    """A class of few subjects: everything is shown, and often."""

    enabled: bool = Field(default=True, description=_ENABLED)
    refresh: Duration = Field(default="6h", description=_REFRESH)
    services: Rows = Field(default=Services.ALL, description=_SERVICES)


class Topmost(Broad):
    """The root: one report, which tells first what happens anywhere below."""

    refresh: Duration = Field(default="30m", description=_REFRESH)


class Narrow(_Strict):
    """A class of many subjects: what was used is shown, once a day."""

    enabled: bool = Field(default=True, description=_ENABLED)
    refresh: Duration = Field(default="24h", description=_REFRESH)
    services: Rows = Field(default=Services.ACCESSED, description=_SERVICES)


class Policies(_Strict):
    """Reports for single SCPs, at the entities they are attached to."""

    enabled: bool = Field(default=False, description=_ENABLED)
    refresh: Duration = Field(default="24h", description=_REFRESH)
    services: Rows = Field(default=Services.ACCESSED, description=_SERVICES)
    ids: list[PolicyId] = Field(default=[], description="Ids of SCPs; empty: every SCP of the organization.")


class Targets(_Strict):
    """What is reported on."""

    root: Topmost = Field(default=Topmost(), description="The organization's root.")
    ous: Broad = Field(default=Broad(), description="Every organizational unit.")
    management_account: Narrow = Field(default=Narrow(), description="The management account.")
    accounts: Narrow = Field(default=Narrow(), description="Every member account.")
    policies: Policies = Field(default=Policies(), description="Service control policies.")


class Protection(_Strict):
    """A service that no recommendation denies, whether it is used or not."""

    service: Namespace = Field(description="Its namespace, as policies have it; required.")
    reason: Name = Field(description="Why, for whoever reads a recommendation; required.")
    expires: Day | None = Field(
        default=None, description="The last day (UTC) on which it holds; null: until it is taken out."
    )


class Endpoints(_Strict):
    """Addresses of AWS's APIs, where they are not AWS's own."""

    iam: Url | None = Field(default=None, description="URL of the IAM endpoint.")
    organizations: Url | None = Field(default=None, description="URL of the Organizations endpoint.")
    sts: Url | None = Field(default=None, description="URL of the STS endpoint.")


class Organization(_Strict):
    """One AWS Organization, reached with credentials of its management account."""

    name: Name = Field(default="default", description="The `organization` label of every metric; unique.")
    region: Region | None = Field(
        default=None,
        description="Picks the partition (aws, aws-us-gov, aws-cn) and its endpoints; null: `AWS_REGION`, "
        "`AWS_DEFAULT_REGION`, the profile's, that of the partition of `role_arn`, us-east-1.",
    )
    profile: Name | None = Field(
        default=None,
        description="A profile of the AWS configuration files; null: the default credential chain.",
    )
    role_arn: RoleArn | None = Field(default=None, description="A role to assume with those credentials.")
    external_id: ExternalId | None = Field(
        default=None, description="The external id for assuming that role; never shown."
    )
    session_name: SessionName = Field(
        default="org-access-exporter", description="The session name for assuming that role."
    )
    endpoints: Endpoints = Field(default=Endpoints(), description="Other addresses of AWS's APIs.")
    targets: Targets = Field(
        default=Targets(), description="What is reported on, how often, in how much detail."
    )
    job_ids: list[JobId] = Field(
        default=[], description="Ids of reports generated elsewhere by the same principal, shown as well."
    )
    include: list[Selector] = Field(
        default=[],
        description="OU ids (with all below), account ids, name globs; empty: everything.",
    )
    exclude: list[Selector] = Field(
        default=[], description="OU ids (with all below), account ids, name globs; stronger than include."
    )
    account_states: list[AccountState] = Field(
        default=["ACTIVE"], min_length=1, description="States of the accounts that are reported on."
    )
    protect: list[Protection] = Field(
        default=[], description="Services of this organization that no recommendation denies."
    )


class Collection(_Strict):
    """How data is collected, for all organizations."""

    discovery_interval: Duration = Field(
        default="1h", description="How often the tree of OUs and accounts is read."
    )
    job_timeout: Duration = Field(default="5m", description="How long a report job may take.")
    max_report_age: Duration = Field(
        default="7d", description="An older report is dropped from /metrics, and counted."
    )
    follow_leads: bool = Field(
        default=True,
        description="Whether an account or OU is asked for at once when a report from above names it for a "
        "use that would be news in its own.",
    )
    slot_share: Share = Field(
        default=1.0,
        description="The share of AWS's one slot for report jobs that may be taken at most, above 0 and up "
        "to 1; the rest is left to people in AWS's console.",
    )


class News(_Strict):
    """What a report shows that the one before it did not."""

    dormant_after: Duration = Field(
        default="90d",
        description="How long a service must not have been used for its next use to be told as a return.",
    )
    keep: Kept = Field(default="7d", description="How long what was told stays on /metrics and /news.")


class Root(_Strict):
    """The configuration file of org-access-exporter."""

    organizations: list[Organization] = Field(
        default=[Organization()],
        min_length=1,
        description="The organizations to watch; left out: one, named default, default credential chain.",
    )
    collection: Collection = Field(default=Collection(), description="How data is collected.")
    news: News = Field(default=News(), description="What is told to be new, and for how long.")
    protect: list[Protection] = Field(
        default=[], description="Services that no recommendation denies, in any organization."
    )
