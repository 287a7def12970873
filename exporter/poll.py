"""When to ask whether a job is done: early enough that the slot does not idle, seldom enough to be cheap.

A poll that comes too early costs a call, one that comes late leaves the slot idle. With a sample of how long
such jobs took, the moments to poll at that cost least can be computed exactly: ``cheapest_polls`` does, with
an idle second as the unit and ``CALL_PRICE`` as the price of a call.

What such jobs took is known from the subject's own jobs, scaled by how far recent jobs were off what was
expected of their subjects, or from the organization's recent jobs: whichever says it more narrowly.
Of the recent jobs those count that took about as long as the ones below the same parent: SCPs allow these
much the same services, and the time goes by that.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from statistics import pstdev

from exporter.model import Report, Subject

CALL_PRICE = 0.2  # idle seconds that one call more is worth
SAMPLE = 32  # how many recent jobs are remembered: enough for a distribution, few enough to follow change
RATIOS = 128  # how many differences between expected and real times: they change less than the times do
SETTLING = 0.5  # how far a subject's expected time moves to its newest one; 1 would follow every chance
KIN = 8  # how many jobs below one parent are remembered
LIKE = 2.0  # times longer or shorter than those below the same parent is another sort of job
MARGIN = 0.02  # s after the predicted moment, so that a job exactly on time is not asked a moment too early
FIRST = 1.2  # s; the quickest job on record
_STEP = 0.03  # beyond all experience: steps of this share of the time waited, at least _SHORTEST
_SHORTEST = 0.2
_LONGEST = 5.0
_GROWTH = 1.5
_TYPICAL_RATIOS = (0.97, 1.0, 1.03)


def cheapest_polls(sample: Sequence[float], price: float = CALL_PRICE) -> list[float]:
    """The moments to poll at so that mean idle time plus ``price`` per poll is least over ``sample``.

    Dynamic programming from the longest job down: polling at the j-th shortest time settles jobs i..j, each
    idle from its end until then, and every job from i on pays for the poll.
    """
    times = sorted(sample)
    ended = [0.0, *accumulate(times)]
    choice = [0] * len(times)
    cost = 0.0
    lines = _Lines()
    for i in range(len(times) - 1, -1, -1):
        # What j costs from i on is a line in i, but for what does not depend on j.
        lines.add(times[i], times[i] * (i + 1) - ended[i + 1] + cost, i + 1)
        least, choice[i] = lines.least(i)
        cost = least + ended[i] + price * (len(times) - i)
    polls = []
    i = 0
    while i < len(times):
        i = choice[i]
        polls.append(times[i - 1] + MARGIN)
    return polls


class _Lines:
    """Lines that are added with ever flatter slopes; the lowest is asked for at ever smaller places.

    Those are kept that may yet be the lowest, the one that is so now at the left: each is looked at a few
    times instead of at every place.
    """

    def __init__(self) -> None:
        self._lines: deque[tuple[float, float, int]] = deque()

    def add(self, fall: float, height: float, name: int) -> None:
        """One that is ``height - fall * place`` high."""
        kept = self._lines
        while len(kept) > 1 and _passed_over(kept[-2], kept[-1], (fall, height, name)):
            kept.pop()
        kept.append((fall, height, name))

    def least(self, place: int) -> tuple[float, int]:
        """How high the lowest is, and its name; of several the newest."""
        kept = self._lines
        while len(kept) > 1 and kept[1][1] - kept[1][0] * place <= kept[0][1] - kept[0][0] * place:
            kept.popleft()
        fall, height, name = kept[0]
        return height - fall * place, name


def _passed_over(
    steep: tuple[float, float, int], middle: tuple[float, float, int], flat: tuple[float, float, int]
) -> bool:
    """Whether the flat line is below the middle one wherever that is below the steep one."""
    later = (middle[1] - flat[1]) * (steep[0] - middle[0])
    return later >= (steep[1] - middle[1]) * (middle[0] - flat[0])


def beyond(last: float) -> Iterator[float]:
    """Moments after ``last``: short steps at first, each longer than the one before."""
    step = max(_SHORTEST, last * _STEP)
    moment = last
    while True:
        moment += step
        yield moment
        step = min(step * _GROWTH, max(_LONGEST, moment * _STEP))


def took(report: Report | None) -> float | None:
    """How long the job behind ``report`` ran by AWS's own dates, in seconds; None where they do not say."""
    if report is None or report.completed is None or not report.created < report.completed:
        return None
    return report.completed - report.created


@dataclass(slots=True)
class Experience:
    """What the jobs of one organization have taught so far. Not shared between threads.

    ``parent`` is the id of the entity above the subject's; empty where there is none, or none is known.
    """

    recent: deque[float] = field(default_factory=lambda: deque(maxlen=SAMPLE))
    ratios: deque[float] = field(default_factory=lambda: deque(_TYPICAL_RATIOS, maxlen=RATIOS))
    own: dict[Subject, float] = field(default_factory=dict)
    kin: dict[str, deque[float]] = field(default_factory=dict)

    def recall(self, subject: Subject, report: Report | None) -> None:
        """Learn from a report that an earlier run of the program left."""
        seconds = took(report)
        if seconds is not None and subject not in self.own:
            self.own[subject] = seconds
            self.recent.append(seconds)

    def learn(self, subject: Subject, seconds: float, parent: str = "") -> None:
        """A job for ``subject`` took ``seconds``."""
        expected = self.own.get(subject)
        if expected:
            self.ratios.append(seconds / expected)
        self.own[subject] = expected + SETTLING * (seconds - expected) if expected else seconds
        self.recent.append(seconds)
        self.kin.setdefault(parent, deque(maxlen=KIN)).append(seconds)

    def forget(self, known: set[Subject], parents: set[str]) -> None:
        """Drop the subjects that are not in ``known``, and the parents that are not in ``parents``."""
        for gone in self.own.keys() - known:
            del self.own[gone]
        for parent in self.kin.keys() - parents:
            del self.kin[parent]

    @property
    def mean(self) -> float:
        """The mean time of a recent job in seconds; 0 before the first."""
        return sum(self.recent) / len(self.recent) if self.recent else 0.0

    def moments(self, subject: Subject, parent: str = "") -> Iterator[float]:
        """When to poll the next job for ``subject``, in seconds after it was accepted, without end."""
        sample = self._sample(subject, parent)
        polls = cheapest_polls(sample) if sample else [FIRST]
        yield from polls
        yield from beyond(polls[-1])

    def _sample(self, subject: Subject, parent: str) -> list[float]:
        """What may be expected of a job: the narrower of what this subject and what its like have taught."""
        own = self.own.get(subject)
        like = self._like(parent)
        return min([own * ratio for ratio in self.ratios], like, key=pstdev) if own else like

    def _like(self, parent: str) -> list[float]:
        """The recent jobs that took about as long as those below this parent did."""
        kin = self.kin.get(parent)
        if not kin:
            return list(self.recent)
        low, high = min(kin) / LIKE, max(kin) * LIKE
        return [seconds for seconds in self.recent if low <= seconds <= high] or list(kin)


def measured(by_dates: float | None, running_at: float, done_at: float) -> float:
    """How long a job took: AWS's word, as far as our own observations allow it.

    ``running_at`` is when it was last seen running, ``done_at`` when it was found done, both in seconds
    after it was accepted. Dates may be rounded, reused or wrong; what was seen is not.
    """
    if by_dates is None:
        return done_at
    return min(max(by_dates, running_at), done_at)
