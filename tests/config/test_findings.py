"""Which key was meant by one that is unknown."""

import pytest

from exporter.config import parse
from exporter.errors import ConfigError


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("role", "role_arn"),
        ("roleArn", "role_arn"),
        ("role-arn", "role_arn"),
        ("ROLE_ARN", "role_arn"),
        ("rol_arn", "role_arn"),
        ("externalId", "external_id"),
        ("endpoint", "endpoints"),
        ("session", "session_name"),
        ("states", "account_states"),
        ("exclud", "exclude"),
        ("job ids", "job_ids"),
        ("job.ids", "job_ids"),
        ("jobIds", "job_ids"),
    ],
)
def test_an_unknown_key_of_an_organization_suggests_the_one_that_was_meant(written, meant):
    with pytest.raises(ConfigError) as refused:
        parse(f"organizations: [{{{written}: x}}]", "f")
    assert any(problem.message == f"unknown key, did you mean {meant}?" for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("written", "meant"), [("interval", "discovery_interval"), ("timeout", "job_timeout")]
)
def test_an_unknown_key_of_the_collection_suggests_the_one_that_was_meant(written, meant):
    with pytest.raises(ConfigError, match=f"did you mean {meant}"):
        parse(f"collection: {{{written}: 1m}}", "f")


def test_a_key_like_no_other_is_told_which_there_are():
    with pytest.raises(ConfigError, match="known here: account_states, endpoints,"):
        parse("organizations: [{zzz: x}]", "f")
