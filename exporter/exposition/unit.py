"""One subject, rendered once when its report changes.

Long runs of lines are kept compressed only; short ones as text, so that neighbours can be compressed
together. Ages are kept as a template with a slot per service and the times that fill it: between reports
they are the only values that move.
"""

from dataclasses import dataclass

from exporter.exposition.deflate import Part, deflate
from exporter.exposition.lines import encode, escape, sample_lines, series
from exporter.families import SUBJECT_FAMILIES, SubjectFamily, SubjectView
from exporter.model import Subject

_LONG = 4096  # bytes of text from which a run of lines compresses well alone

Lines = bytes | Part

TICKING = frozenset(i for i, family in enumerate(SUBJECT_FAMILIES) if family.ticks)


@dataclass(frozen=True, slots=True)
class Unit:
    """The lines of one subject: per family of SUBJECT_FAMILIES, the ticking ones empty.

    ``services`` are the (namespace, name) pairs it shows; ``samples`` counts per family.
    """

    organization: str
    subject: Subject
    lines: tuple[Lines, ...]
    template: bytes
    times: tuple[float, ...]
    services: tuple[tuple[str, str], ...]
    samples: tuple[int, ...]

    def ages(self, now: float) -> bytes:
        """The ages' lines at ``now``: whole seconds, never negative."""
        return self.template % tuple([now - time if time < now else 0 for time in self.times])


def render_unit(view: SubjectView) -> Unit:
    """Every line of a subject but the ages' numbers."""
    constant = _constant(view)
    lines: list[Lines] = []
    samples = []
    template = b""
    times: tuple[float, ...] = ()
    for family in SUBJECT_FAMILIES:
        read = list(family.read(view))
        samples.append(len(read))
        if family.ticks:
            template = _template(family, constant, [labels for labels, _ in read])
            times = tuple([value for _, value in read])
            lines.append(b"")
        else:
            text = encode(sample_lines(family, constant, read))
            lines.append(deflate(text) if len(text) >= _LONG else text)
    services = _services(view)
    return Unit(view.organization, view.subject, tuple(lines), template, times, services, tuple(samples))


def _services(view: SubjectView) -> tuple[tuple[str, str], ...]:
    """Services of which only the news shows a use are named too."""
    shown = {row.namespace: row.name for row in view.shown}
    for piece in view.news:
        if piece.kind.is_use:
            shown.setdefault(piece.namespace, piece.name)
    return tuple(shown.items())


def _constant(view: SubjectView) -> str:
    labels = f'organization="{escape(view.organization)}",entity_id="{escape(view.subject.entity_id)}"'
    policy = view.subject.policy_id
    return f'{labels},policy_id="{escape(policy)}"' if policy else labels


def _template(family: SubjectFamily, constant: str, labels: list[tuple[str, ...]]) -> bytes:
    return encode(
        "".join(
            [
                series(family, constant, zip(family.labels, values, strict=True)).replace("%", "%%") + "%d\n"
                for values in labels
            ]
        )
    )
