"""Inputs that are nearly right: a committed corpus, bent a little."""

import os
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

CORPUS = Path(__file__).parent / "corpus"
CONFIGS = Path(__file__).parents[1] / "config" / "testdata"
_MARKS = (
    b"",
    b"\0",
    b"\xff",
    b"&",
    b"<",
    b">",
    b"]]>",
    b'"',
    b"'",
    b"\\",
    b"\n",
    b"\r\n\r\n",
    b"{",
    b"[",
    b": ",
)
_VALUES = (
    b"-1",
    b"1e999",
    b"NaN",
    b"9" * 400,
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"!!python/name:os.system",
    b"*a",
)

# A handful of inputs each in the default run; FUZZ_EXAMPLES=1000000 for an afternoon.
fuzz = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "100")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def seeds(*folders, pattern="*"):
    """The contents of the files of a corpus, in the same order everywhere."""
    files = sorted(path for folder in folders for path in folder.glob(pattern) if path.is_file())
    assert files
    return [path.read_bytes() for path in files]


@st.composite
def bent(draw, corpus):
    """One seed with some bytes cut out, doubled, replaced, or another seed's in their place."""
    data = draw(st.sampled_from(corpus))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        part = draw(
            st.one_of(
                st.sampled_from(_MARKS + _VALUES),
                st.binary(max_size=8),
                st.just(data[start:end] * 2),
                st.sampled_from(corpus).map(lambda other, at=start: other[at : at + 40]),
            )
        )
        data = data[:start] + part + data[end:]
    return data
