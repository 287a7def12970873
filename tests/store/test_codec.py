"""Bytes that come back as what they were."""

import hashlib
import json
import random
import zlib
from importlib.resources import files

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exporter.errors import StateError
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    News,
    NewsKind,
    Policy,
    Report,
    ServiceAccess,
    Standing,
    StartedJob,
    Subject,
)
from exporter.services import service_names
from exporter.store import codec
from exporter.store.telling import Tally

TEXTS = st.text(st.characters())  # halves of surrogate pairs among them
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False), st.sampled_from([10**300, -(10**20), -0.0]))
MAYBE = st.none() | NUMBERS
ROWS = st.builds(ServiceAccess, TEXTS, TEXTS, TEXTS, TEXTS, MAYBE, MAYBE)
REPORTS = st.builds(Report, NUMBERS, MAYBE, MAYBE, MAYBE, st.lists(ROWS, max_size=8).map(tuple))
JOBS = st.builds(JobView, st.sampled_from(JobStatus), MAYBE, MAYBE, TEXTS, TEXTS)
SUBJECTS = st.builds(Subject, TEXTS, TEXTS)
STANDINGS = st.builds(
    Standing,
    SUBJECTS,
    st.none() | REPORTS,
    st.none() | JOBS,
    st.integers(0),
    NUMBERS,
    st.booleans(),
    st.dictionaries(TEXTS, NUMBERS),
    TEXTS,
    st.frozensets(TEXTS),
    TEXTS,
    st.dictionaries(TEXTS, NUMBERS),
)
ENTITIES = st.builds(
    Entity, TEXTS, st.sampled_from(EntityType), TEXTS, TEXTS, TEXTS, TEXTS, st.none() | st.floats(0, 1e10)
)
DISCOVERIES = st.builds(
    Discovery,
    TEXTS,
    TEXTS,
    TEXTS,
    st.lists(ENTITIES, max_size=8).map(tuple),
    st.lists(st.builds(Policy, TEXTS, TEXTS), max_size=4).map(tuple),
    NUMBERS,
    NUMBERS,
)
STARTED = st.builds(StartedJob, SUBJECTS, TEXTS, TEXTS, NUMBERS, TEXTS)
PIECES = st.tuples(st.sampled_from(NewsKind), TEXTS, NUMBERS, MAYBE, TEXTS, TEXTS, TEXTS)
TALLIES = st.dictionaries(st.sampled_from(NewsKind), st.integers(0))
PAIR = "\ud83d\ude00"  # two halves that JSON's escapes would join to one character

FIRST = (
    "0121384de9555bc10a83300cfd979e3b6d755ad7db500783c13ea0886c6cee3011a9ee30c47fdf4b053b7b6b9394246d"
    "ca4bda4e58813b3d01a51aa0c591e59cd7ef6414ef9354655428b4ee5d3a18a44ac5d202c1d7ce214878c4253766897f"
    "4ae72a6efc2d19f37758b92399cd0f451ac1749523607fd957b82812cabfb665942af19a749fb6c558cc45051a031227"
    "634ec7f3a52c18f4545b56cef26b5132023dce8b646203a7026a0f4c4764ef68bf3520b2962af3b2c8c67a408f07d3cd"
    "ad1d9e846187b17e23263ba627673604c42a30cf3f"
)
DICTIONARY_SHA256 = "048a79f2e6f76191e67edfc076d3ba287a0d596044b2db8bfdd26642c301e6ad"

SMALL = codec.encode_standing(
    Standing(Subject("r-exam"), Report(1.0, 2.0, 1, 1, (ServiceAccess("s3", "Amazon S3"),)))
)


@given(STANDINGS)
@example(Standing(Subject(PAIR), Report(0.0, None, None, None, (ServiceAccess(PAIR),))))
def test_a_standing_comes_back_as_it_was(standing):
    assert codec.decode_standing(codec.encode_standing(standing)) == standing


@given(DISCOVERIES)
def test_a_discovery_comes_back_as_it_was(discovery):
    assert codec.decode_discovery(codec.encode_discovery(discovery)) == discovery


@given(STARTED)
def test_a_job_comes_back_as_it_was(job):
    assert codec.decode_job(codec.encode_job(job)) == job


@given(SUBJECTS, NUMBERS, st.lists(PIECES, min_size=1, max_size=8))
def test_news_comes_back_as_it_was(subject, told, pieces):
    news = tuple(News(subject, kind, namespace, at, told, *more) for kind, namespace, at, *more in pieces)
    assert codec.decode_news(codec.encode_news(news)) == news


@given(TALLIES, st.frozensets(st.tuples(SUBJECTS, NUMBERS), max_size=3))
def test_a_tally_comes_back_as_it_was(counts, unlogged):
    tally = Tally(counts, unlogged)
    assert codec.decode_tally(codec.encode_tally(tally)) == tally


@given(st.integers(0, len(SMALL) - 1), st.integers(1, 255))
def test_no_damaged_byte_goes_unnoticed(place, change):
    damaged = bytearray(SMALL)
    damaged[place] ^= change
    with pytest.raises(StateError):
        codec.decode_standing(bytes(damaged))


@given(st.integers(0, len(SMALL) - 1))
def test_no_missing_end_goes_unnoticed(length):
    with pytest.raises(StateError, match="damaged"):
        codec.check(SMALL[:length])


@given(st.binary())
def test_bytes_from_anywhere_are_refused_and_do_no_harm(data):
    with pytest.raises(StateError):
        codec.decode_standing(data)


def packed(text, version=codec.VERSION):
    """A record of other contents, in good shape."""
    dictionary = files("exporter.store").joinpath(codec.DICTIONARY).read_bytes()
    deflater = zlib.compressobj(zdict=dictionary, wbits=-15)
    body = deflater.compress(text) + deflater.flush()
    return bytes([version]) + zlib.crc32(body).to_bytes(4) + body


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"{}", b"\xff", b'{"subject":1}', b"null", b'{"subject":["a","b","c"]}']
)
def test_a_record_of_something_else_is_refused(text):
    for decode in (codec.decode_standing, codec.decode_discovery, codec.decode_job, codec.decode_news):
        with pytest.raises(StateError, match="makes no sense"):
            decode(packed(text))


def test_a_discovery_is_no_standing():
    with pytest.raises(StateError, match="makes no sense"):
        codec.decode_standing(codec.encode_discovery(Discovery("o", "1", "aws", ())))


def test_what_policies_are_attached_to_comes_back_and_may_be_missing():
    policies = (
        Policy("p-1", "Deny", ("ou-a", "r-exam")),
        Policy("p-2", "Idle", ()),
        Policy("p-3", "Unknown"),
    )
    found = Discovery("o", "1", "aws", (), policies, unattached="denied")
    assert codec.decode_discovery(codec.encode_discovery(found)) == found
    earlier = {"entities": [], "policies": [["p-1"], ["Deny"]], "at": 1.0, "duration": 2.0}
    kept = {"org_id": "o", "management_account_id": "1", "partition": "aws", **earlier}
    assert codec.decode_discovery(packed(json.dumps(kept).encode())).policies == (Policy("p-1", "Deny"),)


def test_the_version_of_a_later_program_is_named():
    with pytest.raises(StateError, match="version 3; this program knows 2"):
        codec.decode_standing(packed(b"{}", version=3))


def test_what_was_kept_by_the_first_version_is_read():
    first = bytes.fromhex(FIRST)
    rows = (
        ServiceAccess("s3", "Amazon S3", "eu-west-1", "o-org/r-exam/111111111111", 1.75e9, 3),
        ServiceAccess("ec2", "Amazon EC2", authenticated_entities=0),
    )
    assert codec.decode_standing(first) == Standing(
        Subject("r-exam", "p-12345678"),
        Report(1.76e9, 1.76e9 + 9.5, 2, 1, rows),
        JobView(JobStatus.FAILED, 1.77e9, None, "CODE", "message"),
        2,
        1.78e9,
        expired=False,
        last_known={"ec2": 1.7e9},
    )


def test_the_dictionary_is_what_kept_records_were_made_with():
    dictionary = files("exporter.store").joinpath("services.v1.json").read_bytes()
    assert hashlib.sha256(dictionary).hexdigest() == DICTIONARY_SHA256
    assert json.loads(dictionary).keys() == {"regions", "names", "namespaces"}


def report_of_all(chance, paths):
    """455 services, every one used: the largest that a report gets."""
    services = [*service_names().items()]
    services += [(f"later-{i}", f"Amazon Later Service {i}") for i in range(455 - len(services))]
    rows = tuple(
        ServiceAccess(
            namespace,
            name,
            chance.choice(["us-east-1", "eu-west-1", "ap-south-2"]),
            chance.choice(paths),
            1.7e9 + chance.randrange(3 * 10**7),
            chance.randrange(1, 200),
        )
        for namespace, name in services
    )
    return Standing(Subject("r-exam"), Report(1.7e9, 1.7e9 + 9, 455, 0, rows))


def test_ten_thousand_reports_of_the_largest_kind_stay_below_a_hundred_megabytes():
    chance = random.Random(7)
    paths = [f"o-exam/r-exam/ou-exam-{chance.randrange(10**8)}/{i:012}" for i in range(200)]
    sizes = [len(codec.encode_standing(report_of_all(chance, paths))) for _ in range(5)]
    assert max(sizes) * 10_000 < 100e6


def test_rows_that_say_nothing_are_shared():
    never = Standing(Subject("r-exam"), Report(1.0, 2.0, 1, 1, (ServiceAccess("s3", "Amazon S3"),)))
    read = [codec.decode_standing(codec.encode_standing(never)).report.services[0] for _ in range(2)]
    assert read[0] is read[1]
