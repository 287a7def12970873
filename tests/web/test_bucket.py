import math

from exporter.config.web import RateLimit
from exporter.web.protection.guard import Bucket


class Clock:
    moment = 100.0

    def __call__(self):
        return self.moment


def taken(bucket, count):
    return [bucket.take() for _ in range(count)]


def test_a_burst_is_served_and_no_more():
    assert taken(Bucket(RateLimit(10.0, 3), Clock()), 4) == [0, 0, 0, 10.0]


def test_a_token_comes_with_every_interval():
    clock = Clock()
    bucket = Bucket(RateLimit(10.0, 1), clock)
    taken(bucket, 1)
    clock.moment += 4
    assert bucket.take() == 6.0
    clock.moment += 6
    assert taken(bucket, 2) == [0, 10.0]


def test_no_more_than_a_burst_is_saved():
    clock = Clock()
    bucket = Bucket(RateLimit(1.0, 2), clock)
    clock.moment += 1000
    assert taken(bucket, 3) == [0, 0, 1.0]


def test_without_a_burst_nobody_is_served_ever():
    assert Bucket(RateLimit(1.0, 0), Clock()).take() == math.inf
