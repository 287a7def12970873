import asyncio
import threading

import bcrypt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.config.secret import Secret
from exporter.web.protection.passwords import BusyError, Credentials, Passwords, credentials, matches

USERS = {"alice": Secret("A"), "bob": Secret("B")}


class Checks:
    """A password is right if it is the hash in small letters; keeps what was checked."""

    def __init__(self):
        self.seen = []
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, password, hashed):
        self.seen.append((password, hashed))
        self.go_on.wait(10)
        return password == hashed.lower()


@pytest.fixture
def checks():
    return Checks()


def run(checks, ask):
    async def asked():
        passwords = Passwords(checks)
        try:
            return await ask(passwords)
        finally:
            passwords.close()

    return asyncio.run(asked())


def answers(checks, *given):
    """What each of these gets, one after the other."""

    async def ask(passwords):
        return [await passwords.right(users, Credentials(*login)) for users, *login in given]

    return run(checks, ask)


def test_what_was_right_is_not_checked_again(checks):
    assert answers(checks, *[(USERS, b"alice", b"a")] * 3) == [True] * 3
    assert len(checks.seen) == 1


def test_what_was_wrong_is_checked_again_and_forgotten(checks):
    assert answers(checks, *[(USERS, b"alice", b"x")] * 3) == [False] * 3
    assert len(checks.seen) == 3


def test_a_stranger_is_checked_as_long_as_a_user(checks):
    assert answers(checks, *[(USERS, b"eve", b"a")] * 2) == [False, False]
    assert len(checks.seen) == 2


def test_another_password_is_not_the_one_that_was_right(checks):
    assert answers(checks, (USERS, b"alice", b"a"), (USERS, b"alice", b"b")) == [True, False]


def test_a_new_hash_makes_the_old_password_wrong(checks):
    changed = {"alice": Secret("N")}
    assert answers(checks, (USERS, b"alice", b"a"), (changed, b"alice", b"a")) == [True, False]


def test_a_user_that_went_is_a_stranger_at_once(checks):
    assert answers(checks, (USERS, b"alice", b"a"), ({"bob": Secret("B")}, b"alice", b"a")) == [True, False]


def test_the_same_login_at_the_same_time_is_checked_once(checks):
    async def ask(passwords):
        return await asyncio.gather(
            *(passwords.right(USERS, Credentials(b"alice", b"a")) for _ in range(200))
        )

    assert run(checks, ask) == [True] * 200
    assert len(checks.seen) == 1


def test_of_many_guesses_at_once_most_are_turned_away(checks):
    checks.go_on.clear()

    async def ask(passwords):
        guesses = [passwords.right(USERS, Credentials(b"alice", b"%d" % i)) for i in range(100)]
        waiting = asyncio.gather(*guesses, return_exceptions=True)
        await asyncio.sleep(0)
        checks.go_on.set()
        return await waiting

    found = run(checks, ask)
    assert (found.count(False), sum(isinstance(one, BusyError) for one in found)) == (32, 68)


@pytest.mark.parametrize("prefix", [b"$2$", b"$2a$", b"$2b$", b"$2y$", b"$2x$", b"$2z$"])
def test_every_minor_version_is_the_same_to_go_and_to_us(prefix):
    hashed = prefix + bcrypt.hashpw(b"sesame", bcrypt.gensalt(4))[4:]
    assert matches(b"sesame", hashed)
    assert not matches(b"Sesame", hashed)


@pytest.mark.parametrize("password", [b"", b"\0", b"a\0b", b"\xff", b"x" * 72])
def test_any_bytes_are_a_password(password):
    hashed = bcrypt.hashpw(password, bcrypt.gensalt(4))
    assert matches(password, hashed)
    assert not matches(b"y" + password, hashed)


@pytest.mark.parametrize("hashed", [b"$2a$04$" + b"?" * 53, b"$2a$04$" + b"a" * 53, b"$2a$05" + b"." * 60])
def test_what_is_no_hash_matches_nothing(hashed):
    assert not matches(b"sesame", hashed)


@given(st.text())
def test_any_header_has_credentials_or_none(header):
    found = credentials(header)
    assert found is None or b":" not in found.user
