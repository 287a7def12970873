"""What the table's items say, apart from any table."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.errors import StateError
from exporter.model import Subject
from exporter.store.dynamodb.items import (
    BLANK,
    CHUNK,
    RECENT,
    Head,
    chunked,
    further_chunks,
    joined,
    number,
    standing_key,
    subject_of,
    text,
)

HELD = {**BLANK, "token": number(3), "instance": text("i"), "holder": text("host/1"), "term": number(30.0)}
keys = st.sampled_from([f"standing/{number:012}/" for number in range(40)] + ["discovery"])


def written(changes):
    head = Head()
    for sort_key in changes:
        head = replace(head, version=head.version + 1, recent=head.wrote([sort_key]))
    return head


@given(st.lists(keys, max_size=80), st.integers(0, 80))
def test_whoever_has_seen_any_version_learns_of_every_later_write(changes, since):
    """Or is told that the lease does not know any more."""
    found = written(changes).since(since)
    assert found is None or set(found) == set(changes[since:])


@given(st.lists(keys, max_size=80))
def test_what_the_lease_remembers_stays_small(changes):
    assert len(" ".join(written(changes).recent)) <= RECENT


def test_the_last_ten_changes_are_always_known():
    longest = standing_key(Subject("ou-abcd-12345678", "p-1234567890"))
    head = written([longest] * 500)
    assert head.since(490) == [longest]


def test_nothing_changed_for_whoever_is_ahead():
    assert written(["discovery"]).since(5) == []


@given(st.integers(0, 3), st.integers(-2, 2))
def test_what_is_laid_in_chunks_is_joined_again(chunks, more):
    data = bytes(max(0, chunks * CHUNK + more))
    assert joined(chunked("org", "discovery", 7, data)) == {"discovery": data}


def test_a_first_chunk_tells_of_the_others():
    first, *others = chunked("org", "standing/r-exam/", 7, bytes(2 * CHUNK + 1))
    assert further_chunks([first]) == [item["item"]["S"] for item in others]


def test_a_chunk_left_over_from_something_larger_is_no_part_of_what_is_there_now():
    old = chunked("org", "discovery", 1, bytes(2 * CHUNK))
    new = chunked("org", "discovery", 2, b"small")
    assert joined([*new, *old[1:]]) == {"discovery": b"small"}


def test_a_missing_chunk_is_noticed():
    assert joined(chunked("org", "discovery", 1, bytes(3 * CHUNK))[:2]) is None


@pytest.mark.parametrize(
    "subject",
    [Subject("r-exam"), Subject("ou-exam-1", "p-12345678"), Subject("2a3b4c5d-0000-4111-8222-333344445555")],
)
def test_a_subject_is_found_again_in_its_key_and_those_of_its_chunks(subject):
    sort_key = standing_key(subject)
    assert [subject_of(sort_key), subject_of(f"{sort_key}/1")] == [subject, subject]


@pytest.mark.parametrize("sort_key", ["lease", "discovery", "discovery/1"])
def test_other_items_are_of_no_subject(sort_key):
    assert subject_of(sort_key) is None


def test_a_lease_of_this_format_is_read():
    assert Head.read(HELD) == Head(3, "i", "host/1", 0, 30.0)


@pytest.mark.parametrize(
    "damage",
    [{"token": text("three")}, {"token": {}}, {"beat": number(1.5)}],
    ids=["no number", "no value", "no whole number"],
)
def test_a_lease_that_makes_no_sense_is_refused(damage):
    with pytest.raises(StateError, match="makes no sense"):
        Head.read({**HELD, **damage})


def test_a_lease_of_a_later_format_is_refused():
    with pytest.raises(StateError, match="format 2"):
        Head.read({**HELD, "format": number(2)})
