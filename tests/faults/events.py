"""What may happen to the program and to the machine below it, and what then has to be seen."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from exporter.store.sqlite import SqliteStore
from tests.faults.scene import During, Scene

_HOURS = 7200


def _nothing(_: Scene) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Event:
    """``seen`` becomes true once it has ``happened``; after it is ``over``, all is well again.

    ``prepared`` comes before the start. A program that has ended by then is started again.
    """

    name: str
    says: str
    seen: Callable[[Scene], bool]
    during: tuple[During, ...] = (During.REST,)
    prepared: Callable[[Scene], None] = _nothing
    happens: Callable[[Scene], None] = _nothing
    over: Callable[[Scene], None] = _nothing
    tools: tuple[str, ...] = ()


def _leaves(number: int, code: int) -> Callable[[Scene], bool]:
    return lambda scene: scene.leave(number) == code


def _refused(*words: str) -> Callable[[Scene], bool]:
    """It has ended by itself with one line of log."""

    def seen(scene: Scene) -> bool:
        log = scene.program.log
        return scene.program.process.poll() == 1 and len(log) == 1 and all(word in log[0] for word in words)

    return seen


def _signals() -> list[Event]:
    at_any_time = tuple(During)

    def pause(scene: Scene) -> None:
        scene.send(signal.SIGSTOP)
        time.sleep(2)
        scene.send(signal.SIGCONT)

    return [
        Event(
            "SIGTERM",
            "exit 0 within 10 s; the state is whole, a restart shows what was shown",
            _leaves(signal.SIGTERM, 0),
            at_any_time,
        ),
        Event("SIGINT", "as SIGTERM", _leaves(signal.SIGINT, 0), (During.JOB, During.REST)),
        Event(
            "SIGKILL",
            "the state is whole, a restart shows what was shown",
            _leaves(signal.SIGKILL, -9),
            at_any_time,
        ),
        Event("SIGSTOP for 2 s", "it goes on where it was", lambda _: True, at_any_time, happens=pause),
        Event(
            "SIGHUP",
            "the configuration is read again; what runs goes on",
            lambda scene: len(scene.logged("config.loaded")) == 1,
            at_any_time,
            happens=lambda scene: scene.send(signal.SIGHUP),
        ),
    ]


def _without_room(scene: Scene) -> bool:
    available = scene.value(r"aws_org_access_exporter_state_available\{.*\}")
    return available == 0 and len(scene.logged("state.unavailable")) == 1 and scene.is_up()


def _earlier_run(scene: Scene) -> None:
    scene.bring_to(During.REST)
    assert scene.leave() == 0


def _full(scene: Scene) -> None:
    scene.limit_files(0)


def _room(scene: Scene) -> None:
    scene.limit_files(2**62)


def _disk() -> list[Event]:
    def read_only(scene: Scene) -> None:
        _earlier_run(scene)
        scene.without_root()
        scene.state.chmod(0o400)
        scene.state.parent.chmod(0o500)

    def writable(scene: Scene) -> None:
        scene.state.parent.chmod(0o700)
        scene.state.chmod(0o600)

    def locked(scene: Scene) -> None:
        _earlier_run(scene)
        scene.holder = closing(SqliteStore(scene.state))
        scene.holder.__enter__()

    def damaged(scene: Scene) -> None:
        _earlier_run(scene)
        scene.copy = scene.state.read_bytes()
        scene.state.write_bytes(b"no state" * 1000)

    def restored(scene: Scene) -> None:
        scene.state.write_bytes(scene.copy)

    def start_without_room(scene: Scene) -> None:
        _earlier_run(scene)
        scene.before = ("prlimit", "--fsize=0:unlimited", "--")

    return [
        Event(
            "disk full",
            "serves and collects on; `state_available` is 0 with one log line; kept once there is room",
            _without_room,
            happens=_full,
            over=_room,
        ),
        Event(
            "disk full, then SIGTERM",
            "exit 0 within 10 s; what was kept is whole",
            lambda scene: _without_room(scene) and scene.leave() == 0,
            happens=_full,
        ),
        Event(
            "disk full, then SIGKILL",
            "what was kept is whole",
            lambda scene: _without_room(scene) and scene.leave(signal.SIGKILL) == -9,
            happens=_full,
        ),
        Event(
            "disk full from the start",
            "as a disk that is full later",
            _without_room,
            prepared=start_without_room,
            over=_room,
        ),
        Event(
            "read-only state",
            "refused with one line, exit 1; the state stays as it is",
            _refused("cannot be used"),
            prepared=read_only,
            over=writable,
            tools=("setpriv",) if os.geteuid() == 0 else (),
        ),
        Event(
            "state locked by another process",
            "refused with one line, exit 1; the state stays as it is",
            _refused("another process is using it"),
            prepared=locked,
            over=lambda scene: scene.holder.__exit__(None, None, None),
        ),
        Event(
            "a state that is none",
            "refused with one line, exit 1; the file stays as it is",
            lambda scene: (
                _refused("not a state of this program")(scene)
                and scene.state.read_bytes() == b"no state" * 1000
            ),
            prepared=damaged,
            over=restored,
        ),
    ]


def _network() -> list[Event]:
    def unresolvable(scene: Scene) -> None:
        scene.address = "http://nowhere.invalid:1/"

    def resolvable(scene: Scene) -> None:
        scene.address = None
        assert scene.leave() == 0

    down = "`up` is 0 with one log line; what was shown stays"
    never_up = "`up` is 0 with one log line; collects once AWS can be reached"
    return [
        Event(
            "connection refused",
            down,
            Scene.is_down,
            happens=Scene.close_aws,
            over=Scene.reopen_aws,
        ),
        Event(
            "connection refused from the start",
            never_up,
            Scene.is_down,
            (During.START,),
            prepared=Scene.close_aws,
            over=Scene.reopen_aws,
        ),
        Event(
            "a name that does not resolve",
            never_up,
            Scene.is_down,
            (During.START,),
            prepared=unresolvable,
            over=resolvable,
        ),
    ]


def _clock() -> list[Event]:
    def ages_are_none_below_zero(scene: Scene) -> bool:
        return "_age_seconds{" in scene.pages[-1] and not [
            line for line in scene.program.metrics().splitlines() if "_age_seconds{" in line and " -" in line
        ]

    def due_again(scene: Scene) -> bool:
        return scene.is_up() and scene.reports("stale") > 0

    def in_utc(scene: Scene) -> bool:
        return bool(scene.shown) and all(abs(made - time.time()) < 600 for made in scene.shown.values())

    zones = ("America/New_York", "Asia/Kolkata", "Pacific/Apia", ":/nowhere")
    return [
        Event(
            "clock 2 h ahead",
            "what is due by it is asked for; nothing goes",
            due_again,
            prepared=Scene.with_a_clock,
            happens=lambda scene: scene.set_clock(_HOURS),
            over=lambda scene: scene.set_clock(0),
            tools=("faketime",),
        ),
        Event(
            "clock 2 h back",
            "no age is negative; nothing goes",
            ages_are_none_below_zero,
            prepared=Scene.with_a_clock,
            happens=lambda scene: scene.set_clock(-_HOURS),
            over=lambda scene: scene.set_clock(0),
            tools=("faketime",),
        ),
        Event(
            "clock 2 h ahead, then back, in mid-job",
            "the job goes on to its end",
            Scene.is_up,
            (During.JOB,),
            prepared=Scene.with_a_clock,
            happens=lambda scene: scene.set_clock(_HOURS),
            over=lambda scene: scene.set_clock(0),
            tools=("faketime",),
        ),
        *(
            Event(
                f"time zone {zone}",
                "times are UTC's, as everywhere",
                in_utc,
                prepared=lambda scene, zone=zone: scene.surroundings.update({"TZ": zone}),
            )
            for zone in zones
        ),
    ]


def _credentials() -> list[Event]:
    def taken_back(scene: Scene) -> None:
        scene.site.ended.add("ASIAFIRST")

    def gone(scene: Scene) -> None:
        taken_back(scene)
        (scene.folder / "key").write_text("")

    def renewed(scene: Scene) -> None:
        (scene.folder / "key").write_text("ASIASECOND")

    return [
        Event(
            "keys that end in mid-job",
            "`up` is 0 with one log line; the job is not a failure; new keys are found without a restart",
            lambda scene: scene.is_down() and scene.reports("failed") == 0,
            (During.JOB,),
            prepared=lambda scene: scene.with_keys("ASIAFIRST"),
            happens=taken_back,
            over=renewed,
        ),
        Event(
            "no keys from the start",
            "`up` is 0 with one log line; keys are found without a restart",
            Scene.is_down,
            (During.START,),
            prepared=lambda scene: scene.with_keys(""),
            over=renewed,
        ),
        Event(
            "keys that end, and no others",
            "`up` is 0 with one log line; what was shown stays",
            Scene.is_down,
            prepared=lambda scene: scene.with_keys("ASIAFIRST"),
            happens=gone,
            over=renewed,
        ),
    ]


EVENTS = [*_signals(), *_disk(), *_network(), *_clock(), *_credentials()]
OCCASIONS = [(event, during) for event in EVENTS for during in event.during]


def named(occasion: tuple[Event, During]) -> str:
    """As the test is called."""
    event, during = occasion
    return f"{event.name} · {during.name.lower()}"
