"""What is kept of an uncompressed answer for the next one."""

from hypothesis import given
from hypothesis import strategies as st

from exporter.exposition.deflate import body, deflate
from exporter.exposition.plain import Plain

texts = st.lists(st.binary(max_size=200), max_size=8)


def made(*pieces):
    return body(map(deflate, pieces))


@given(st.lists(texts, max_size=4), st.integers(0, 500))
def test_every_answer_has_its_own_text_whatever_is_kept(answers, most):
    plain = Plain(most)
    for pieces in answers:
        assert b"".join(plain.texts(made(*pieces))) == b"".join(pieces)


def test_what_did_not_change_is_not_inflated_again():
    plain = Plain()
    one, *_ = plain.texts(made(b"same", b"old"))
    again, new = plain.texts(made(b"same", b"new"))
    assert (again is one, new) == (True, b"new")


def test_no_more_is_kept_than_there_is_room_for():
    plain = Plain(most=8)
    answer = made(b"first", b"second", b"3rd")
    before, after, again = (list(plain.texts(answer)) for _ in range(3))
    assert [one is other for one, other in zip(before, after, strict=True)] == [True, False, True]
    assert [one is other for one, other in zip(after, again, strict=True)] == [True, False, True]


def test_what_is_kept_takes_of_the_room():
    plain = Plain(most=8)
    answer = made(b"first", b"4444")
    before, after = list(plain.texts(answer)), list(plain.texts(answer))
    assert [one is other for one, other in zip(before, after, strict=True)] == [True, False]


def test_what_was_forgotten_is_inflated_again():
    plain = Plain()
    (one,) = plain.texts(made(b"text"))
    plain.forget()
    (other,) = plain.texts(made(b"text"))
    assert other is not one


def test_an_answer_that_the_client_left_keeps_what_it_came_to():
    plain = Plain()
    one = next(plain.texts(made(b"one", b"two")))
    assert next(plain.texts(made(b"one", b"two"))) is one


def test_those_who_read_at_the_same_time_have_one_copy():
    plain = Plain()
    slow, other = plain.texts(made(b"one", b"two")), plain.texts(made(b"one", b"two"))
    assert all(mine is theirs for mine, theirs in zip(slow, other, strict=True))
