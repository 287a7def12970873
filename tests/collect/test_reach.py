"""Discoveries and jobs tell how AWS was reached from two threads."""

from threading import Thread

from exporter.collect.reach import Reach, Stage
from exporter.errors import CredentialsError, TransitError

LOST = TransitError("ListAccounts", "ReadTimeout", "no answer")
NO_KEYS = CredentialsError("GetCredentials", "NoCredentials", "none")


class View:
    up = False
    trouble = ""


class Desk:
    view = View()

    def changed(self, **changes):
        for name, value in changes.items():
            setattr(self.view, name, value)


class Interrupted:
    """While the loss is being logged, the other thread reaches AWS."""

    def __init__(self):
        self.told = []
        self.reach = Reach(Desk(), self, lambda _, longest: longest)
        self.other = Thread(target=self.reach.gained, args=(Stage.JOB,))

    def unreachable(self, stage, reason, remedy):
        self.other.start()
        self.other.join(0.05)
        self.told.append(("down", self.other.is_alive()))

    def reachable(self):
        self.told.append("up")


def test_a_loss_is_told_to_its_end_before_anything_else_is():
    scene = Interrupted()
    scene.reach.gained(Stage.DISCOVERY)
    scene.reach.lost(Stage.DISCOVERY, LOST)
    scene.other.join(20)
    assert scene.told == ["up", ("down", True)]
    assert not Desk.view.up


class Told:
    def unreachable(self, stage, reason, remedy):
        pass

    def reachable(self):
        pass


def test_what_an_attempt_took_is_no_longer_waited_for():
    reach = Reach(Desk(), Told(), lambda _, longest: longest)
    assert [reach.lost(Stage.DISCOVERY, NO_KEYS, took) for took in (0.0, 3.0, 19.0, 20.0)] == [5, 7, 1, 5]


def test_the_next_attempt_begins_within_half_a_minute_of_one_that_was_refused_at_the_door():
    reach = Reach(Desk(), Told(), lambda _, longest: longest)
    assert max(reach.lost(stage, NO_KEYS) for stage in Stage for _ in range(12)) <= 25.0
