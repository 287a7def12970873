"""How AWS writes its names, and how a URL of an endpoint is written."""

import pytest

from exporter.config import syntax


@pytest.mark.parametrize("url", ["http://localhost:4566", "https://iam.example.org/a/path", "https://[::1]"])
def test_an_address_is_taken_as_it_is(url):
    assert syntax.url(url) == url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://user@host", "a URL with a user or password is not accepted here"),
        ("https://:word@host", "a URL with a user or password is not accepted here"),
        ("ftp://host", '"ftp://host" is not an http or https URL'),
        ("https://", '"https://" is not an http or https URL'),
        ("https://ho st", '"https://ho st" is not an http or https URL'),
        ("https://höst", '"https://höst" is not an http or https URL'),
        ("https://host/?a", '"https://host/?a" must end with its path: no query, no fragment'),
        ("https://host/#a", '"https://host/#a" must end with its path: no query, no fragment'),
    ],
)
def test_an_address_that_is_none_is_refused(url, why):
    with pytest.raises(ValueError) as refused:
        syntax.url(url)
    assert str(refused.value) == why


@pytest.mark.parametrize("url", ["https://host:99999", "https://[::1"])
def test_what_cannot_be_taken_apart_is_no_url(url):
    with pytest.raises(ValueError, match=r"^not a URL: "):
        syntax.url(url)


@pytest.mark.parametrize("text", ["012345678901", "ou-ab12-c3d4e5f6", "ou-*", "ou-[a]b", "ou-a?", "a name"])
def test_a_selector_is_an_id_or_a_glob(text):
    assert syntax.selector(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("12345", '"12345" is not an account id: twelve digits, in quotes'),
        ("ou-short", '"ou-short" is not an OU id such as ou-ab12-c3d4e5f6 (for a name, use a glob)'),
        ("ou-X", '"ou-X" is not an OU id such as ou-ab12-c3d4e5f6 (for a name, use a glob)'),
        (" ", "must not be empty"),
    ],
)
def test_what_begins_like_an_id_has_to_be_one(text, why):
    with pytest.raises(ValueError) as refused:
        syntax.selector(text)
    assert str(refused.value) == why
