"""Discoveries and jobs tell how AWS was reached from two threads."""

from threading import Thread

from exporter.collect.reach import Reach, Stage
from exporter.errors import TransitError

LOST = TransitError("ListAccounts", "ReadTimeout", "no answer")


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
