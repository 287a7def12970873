"""How far a command is, on a terminal; nothing at all elsewhere."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress, ProgressColumn, Task, TextColumn
from rich.progress_bar import ProgressBar
from rich.text import Text

from exporter.times import spoken

TYPICAL = 9.0  # s; what a report on all services takes, before this one's like was seen
_NEARLY = 0.97  # a job past its time is not done for that


class Waiting:
    """A bar on stderr for ``total`` reports, one after the other."""

    def __init__(self, total: int, *, quiet: bool) -> None:
        self._shown = sys.stderr.isatty() and not quiet
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            _Bar(),
            _Words(),
            console=Console(file=sys.stderr, highlight=False, markup=False),
            transient=True,
            disable=not self._shown,
        )
        self._task = self._progress.add_task("", total=total, done=0, expected=TYPICAL, began=0.0, busy=False)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def begin(self, what: str, expected: float) -> None:
        """The next report is asked for, and expected to take so many seconds (0: not known)."""
        task = self._progress.tasks[0]
        self._progress.update(
            self._task,
            description=what,
            expected=expected or TYPICAL,
            began=task.elapsed or 0.0,
            busy=False,
        )

    def busy(self) -> None:
        """Another job has AWS's one slot."""
        self._progress.update(self._task, busy=True, began=self._progress.tasks[0].elapsed or 0.0)

    def running(self) -> None:
        self._progress.update(self._task, busy=False)

    def done(self) -> None:
        """The report is there, or will not come."""
        self._progress.update(self._task, done=self._progress.tasks[0].fields["done"] + 1)


def _share(task: Task) -> float:
    """How much of the current job's time has passed, in its own opinion less than 1."""
    passed: float = (task.elapsed or 0.0) - task.fields["began"]
    expected: float = task.fields["expected"]
    return min(passed / expected, _NEARLY)


class _Bar(ProgressColumn):
    def render(self, task: Task) -> ProgressBar:
        completed = task.fields["done"] + (0.0 if task.fields["busy"] else _share(task))
        return ProgressBar(total=task.total, completed=completed, width=30)


class _Words(ProgressColumn):
    def render(self, task: Task) -> Text:
        if task.fields["busy"]:
            return Text("another report job is running, waiting for it to end")
        expected, done, total = task.fields["expected"], task.fields["done"], int(task.total or 1)
        passed = (task.elapsed or 0.0) - task.fields["began"]
        if total == 1:
            return Text(f"{passed:.0f} s of about {expected:.0f} s")
        left = max(0.0, expected * (total - done) - min(passed, expected))
        return Text(f"{done} of {total}, about {spoken(left)} left")
