"""The service control policies on an entity, and those it inherits, as HTML."""

from collections.abc import Iterator, Mapping

from exporter.hypertext import code, name
from exporter.model import Discovery, Entity, EntityType
from exporter.web.landing import markup
from exporter.web.places import Places

_TITLE = '<div class="head"><h2>Service control policies attached</h2></div>'
_UNBOUND = "Service control policies do not bind the management account."


def render_attached(discovery: Discovery, entity: Entity, names: Mapping[str, str], where: Places) -> str:
    """A section; nothing where SCPs are not collected, or nobody has asked yet what they are attached to."""
    if discovery.attached() is None and not discovery.unattached:
        return ""
    items = "".join(_items(discovery, entity, names, where))
    shown = f'<ul class="names">{items}</ul>' if items else _none(discovery)
    return markup.section("attached", f"{_TITLE}{shown}{''.join(_notes(discovery, entity))}")


def _items(discovery: Discovery, entity: Entity, names: Mapping[str, str], where: Places) -> Iterator[str]:
    """Its own, then its parents' from the nearest up."""
    attached = discovery.attached() or {}
    for level in reversed(entity.path.split("/")[1:]):
        here = level == entity.id
        place = "here" if here else f"from {markup.entity_link(where, level, names, with_id=False)}"
        for policy in attached.get(level, ()):
            called = f"{name(policy.name)} " if policy.name else ""
            yield f'<li>{called}{code(policy.id)} <span class="soft">{place}</span></li>'


def _none(discovery: Discovery) -> str:
    return "" if discovery.unattached else '<p class="nothing">None of those that are collected.</p>'


def _notes(discovery: Discovery, entity: Entity) -> Iterator[str]:
    if discovery.unattached:
        yield (
            '<p class="trouble">The last discovery could not read what all of them are attached to: '
            f"{name(discovery.unattached)}</p>"
        )
    if entity.type is EntityType.MANAGEMENT_ACCOUNT:
        yield f'<p class="nothing">{_UNBOUND}</p>'
