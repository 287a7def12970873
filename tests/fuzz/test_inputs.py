"""Whatever comes in is understood or refused in the words that are meant for it; nothing else is raised."""

import contextlib

import pytest
from botocore.exceptions import BotoCoreError
from botocore.loaders import create_loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from hypothesis import given
from hypothesis import strategies as st

from exporter.aws.report import page
from exporter.config import load, parse
from exporter.config.web import load_web
from exporter.errors import ConfigError, StateError, TransitError
from exporter.exposition import Format
from exporter.job import Job
from exporter.model import Standing, Subject
from exporter.store import codec
from exporter.web.negotiation import format_for, gzip_wanted
from tests.exposition.conftest import entity, publication
from tests.exposition.organizations import text
from tests.fuzz.conftest import CONFIGS, CORPUS, bent, fuzz, seeds

_IAM = ServiceModel(create_loader().load_service_model("iam", "service-2"))
_SHAPE = _IAM.operation_model("GetOrganizationsAccessReport").output_shape
_ACCEPTS = seeds(CORPUS / "http", pattern="accept*")
_STATES = seeds(CORPUS / "state")
_READERS = (codec.decode_standing, codec.decode_discovery, codec.decode_job)


@fuzz
@given(bent(seeds(CONFIGS, pattern="*.yml")))
def test_a_configuration_is_taken_or_every_problem_told(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "fuzzed.yml"
    path.write_bytes(data)
    with contextlib.suppress(ConfigError):
        load(path)


@fuzz
@given(st.text(max_size=200))
def test_any_text_is_a_configuration_or_refused(written):
    with contextlib.suppress(ConfigError):
        parse(written, "file.yml")


@fuzz
@given(bent(seeds(CONFIGS / "web", pattern="*.yml")))
def test_a_web_configuration_is_taken_or_every_problem_told(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "fuzzed-web.yml"
    path.write_bytes(data)
    with contextlib.suppress(ConfigError):
        load_web(path)


def answered(data):
    """A job's answer as botocore reads it; None where botocore, or we, do not take it for one."""
    told = {"status_code": 200, "headers": {}, "body": data}
    try:
        return page(create_parser("query").parse(told, _SHAPE))
    except (BotoCoreError, TransitError):
        return None
    except Exception:  # noqa: BLE001 - botocore's parsers raise whatever they stumble over; Service.call takes it all
        return None


@fuzz
@given(bent(seeds(CORPUS / "xml")))
def test_whatever_a_report_says_the_page_stays_valid(data):
    found = answered(data)
    if found is None:
        return
    job = Job(deadline=1.0).accepted("job").answered(found)
    account = entity(1)
    made = publication((account,), {account.id: Standing(Subject(account.id), job.report, job.view)})
    lines = [line for line in text(made.current, Format.TEXT).splitlines() if not line.startswith("#")]
    assert len({line.rpartition(" ")[0] for line in lines}) == len(lines)


@fuzz
@given(bent(_STATES), st.sampled_from(_READERS))
def test_a_record_of_the_state_is_read_or_refused(data, read):
    with contextlib.suppress(StateError):
        read(data)


@fuzz
@given(st.binary(max_size=60).map(lambda body: bytes([codec.VERSION]) + body), st.sampled_from(_READERS))
def test_garbage_with_the_right_version_is_refused(data, read):
    with pytest.raises(StateError):
        read(data)


@fuzz
@given(
    st.one_of(
        st.text(max_size=80),
        bent(seeds(CORPUS / "http", pattern="accept*")).map(lambda d: d.decode("latin-1")),
    )
)
def test_any_header_is_negotiated(header):
    assert format_for(header)
    assert gzip_wanted(header) in {True, False}
