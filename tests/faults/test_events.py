"""Whatever happens to the program or below it has the outcome that is told, and is over when it is over."""

import subprocess
from itertools import pairwise

import pytest

from tests.end_to_end.conftest import wait_for
from tests.faults.events import OCCASIONS, named
from tests.faults.scene import Scene

CANARIES = ("canary", "simulated-secret")
_CHANGES = ("event=organization.", "event=state.available", "event=state.unavailable")


def occasion(event, during):
    marks = [pytest.mark.tool(*event.tools)] if event.tools else []
    return pytest.param(event, during, id=named((event, during)), marks=marks)


def change_told_twice(log):
    changes = [line.partition("event=")[2] for line in log if any(change in line for change in _CHANGES)]
    return [one for one, other in pairwise(changes) if one == other]


def valid(promtool, page):
    done = subprocess.run(
        [promtool, "check", "metrics"], input=page, text=True, capture_output=True, check=False
    )
    return done.stderr if done.returncode else "", done.stdout


@pytest.mark.slow
@pytest.mark.tool("promtool")
@pytest.mark.parametrize(("event", "during"), [occasion(*each) for each in OCCASIONS])
def test_what_happens_is_seen_and_harms_nothing(event, during, tmp_path, tool):
    with Scene(tmp_path) as scene:
        event.prepared(scene)
        scene.bring_to(during)
        event.happens(scene)
        wait_for(lambda: event.seen(scene), event.says, 60)
        scene.look()
        event.over(scene)
        scene.site.heal()
        if not scene.runs:
            scene.before = ()
            scene.start()
        scene.look()
        wait_for(lambda: scene.well, "all to be well again", 120)
        scene.look()
        assert scene.leave() == 0
        kept = scene.kept()
    assert scene.complaints == []
    assert all(kept[entity] >= created for entity, created in scene.shown.items())
    assert [line for line in scene.log if "raceback" in line or "crashed" in line] == []
    assert [change_told_twice(program.log) for program in scene.programs] == [[]] * len(scene.programs)
    told = "\n".join([*scene.log, *scene.pages])
    assert [canary for canary in CANARIES if canary in told] == []
    assert [valid(tool("promtool"), page) for page in scene.pages] == [("", "")] * len(scene.pages)
