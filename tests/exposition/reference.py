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


def plain(views, fmt, now, families=FAMILIES):
    """The text of ``families`` for all that is known, ages as of ``now``."""
    shown = [seen for view in views for seen in _subjects(view)]
    blocks = [_block(family, list(_samples(family, views, shown, now)), fmt) for family in families]
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


def _escaped(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return escaped.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _number(value):
    return str(int(value)) if value == int(value) else repr(value)
