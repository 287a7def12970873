"""What should be served, one sample after the other: slow, and easy to believe.

The values come from the families themselves, so that a family is told of once; which they are, the golden
files say. Done here a second time is everything between a value and a client: which subjects there are,
labels, escaping, numbers, ages, headers and order.
"""

from exporter.exposition import Format
from exporter.families import (
    FAMILIES,
    Instrument,
    OrganizationFamily,
    ServiceNames,
    SubjectFamily,
    view_subject,
)
from exporter.model import Services, Standing, Subject

# What some reader takes for the end of a line or of the input, and what stands for it.
SIGNS = {
    "\0": "\ufffd",
    "\x0b": "\u240b",
    "\x0c": "\u240c",
    "\r": "\u240d",
    "\x1c": "\u241c",
    "\x1d": "\u241d",
    "\x1e": "\u241e",
    "\x85": "\u2424",
    "\u2028": "\u21b5",
    "\u2029": "\u00b6",
}


def everything(views, now, families=FAMILIES):
    """Each of ``families`` with its samples: labels, their values as they are known, and the value."""
    shown = [seen for view in views for seen in _subjects(view)]
    return [(family, list(_samples(family, views, shown, now))) for family in families]


def plain(views, fmt, now, families=FAMILIES):
    """The text of ``families`` for all that is known, ages as of ``now``."""
    blocks = [_block(family, samples, fmt) for family, samples in everything(views, now, families)]
    return "".join(blocks) + ("# EOF\n" if fmt is Format.OPENMETRICS else "")


def _samples(family, views, shown, now):
    match family:
        case SubjectFamily():
            for seen in shown:
                yield from _read(family, _own(seen), seen, now)
        case OrganizationFamily():
            for view in views:
                yield from _read(family, {"organization": view.name}, view, now)
        case ServiceNames():
            for namespace, names in sorted(_names(shown).items()):
                yield dict(zip(family.labels, (namespace, min(names)), strict=True)), 1
        case Instrument():
            return


def _read(family, own, seen, now):
    for values, value in family.read(seen):
        aged = max(0, int(now - value)) if getattr(family, "ticks", False) else value
        yield {**own, **dict(zip(family.labels, values, strict=True))}, aged


def _subjects(view):
    """Those that are collected in their order, then the entities that are not."""
    for item in view.work:
        standing = view.standings.get(item.subject, Standing(item.subject))
        news = view.news.get(item.subject, ())
        services = item.target.services
        yield view_subject(view.name, item.subject, item.entity, standing, services, news=news)
    collected = {item.subject for item in view.work}
    for entity in view.discovery.entities if view.discovery else ():
        subject = Subject(entity.id)
        if subject not in collected:
            yield view_subject(view.name, subject, entity, Standing(subject), Services.NONE)


def _own(seen):
    policy = {"policy_id": seen.subject.policy_id} if seen.subject.policy_id else {}
    return {"organization": seen.organization, "entity_id": seen.subject.entity_id, **policy}


def _names(shown):
    names = {}
    for seen in shown:
        told = {piece.namespace: piece.name for piece in reversed(seen.news) if piece.kind.is_use}
        for namespace, name in {**told, **{row.namespace: row.name for row in seen.shown}}.items():
            names.setdefault(namespace, []).append(name)
    return names


def _block(family, samples, fmt):
    if not samples:
        return ""
    openmetrics = fmt is Format.OPENMETRICS
    name = family.name.removesuffix("_total") if openmetrics else family.name
    lines = [f"# HELP {name} {family.help}", f"# TYPE {name} {family.type.value}"]
    if openmetrics and family.unit:
        lines.append(f"# UNIT {family.name} {family.unit}")
    for labels, value in samples:
        inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        lines.append(f"{family.name}{{{inner}}} {_number(value)}")
    return "".join(f"{line}\n" for line in lines)


def signed(text):
    """The text as every reader can take it: a sign for each character that some cannot."""
    return "".join(SIGNS.get(character, character) for character in text)


def _escaped(text):
    return signed(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value):
    return str(int(value)) if value == int(value) else repr(value)
