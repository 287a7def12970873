from exporter.simulator.faults import Throttle


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def _admitted(throttle, operation, calls):
    return sum(throttle.admits(operation) for _ in range(calls))


def test_a_burst_passes_and_the_rest_does_not():
    assert _admitted(Throttle(speed=1, clock=Clock()), "ListAccounts", 30) == 12


def test_the_bucket_fills_at_its_rate():
    clock = Clock()
    throttle = Throttle(speed=1, clock=clock)
    _admitted(throttle, "ListChildren", 30)
    clock.now = 1.0
    assert _admitted(throttle, "ListChildren", 30) == 6


def test_the_bucket_never_holds_more_than_a_burst():
    clock = Clock()
    throttle = Throttle(speed=1, clock=clock)
    _admitted(throttle, "ListRoots", 1)
    clock.now = 3600.0
    assert _admitted(throttle, "ListRoots", 30) == 2


def test_speed_fills_it_faster():
    clock = Clock()
    throttle = Throttle(speed=2, clock=clock)
    _admitted(throttle, "ListParents", 30)
    clock.now = 0.5
    assert _admitted(throttle, "ListParents", 30) == 5


def test_operations_have_a_bucket_each():
    throttle = Throttle(speed=1, clock=Clock())
    _admitted(throttle, "ListAccounts", 30)
    assert throttle.admits("ListRoots")


def test_other_operations_are_not_throttled():
    assert _admitted(Throttle(speed=1, clock=Clock()), "GetOrganizationsAccessReport", 100) == 100
