"""``/sd``: Prometheus' HTTP service discovery, one target group per entity.

Every group has the one target that answers for it, and tells by labels what is known of the entity, so that
relabelling can choose or shard. The label ``instance`` tells targets apart, which all have one address.
"""

import json
import re
from collections.abc import Iterator

from aiohttp import hdrs, web

from exporter.exposition import Key
from exporter.model import Entity
from exporter.publication import Published
from exporter.web.bench import Bench
from exporter.web.delivery import Patience, deliver, packed
from exporter.web.directory import Directories, Directory
from exporter.web.places import Places
from exporter.web.surface import Surface

_META = "__meta_org_access_"
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.%]+\])(?::[0-9]{1,5})?")


class ServiceDiscovery:
    """Serves the list of targets."""

    def __init__(
        self, surface: Surface, directories: Directories, where: Places, bench: Bench, patience: Patience
    ) -> None:
        self._surface = surface
        self._directories = directories
        self._where = where
        self._bench = bench
        self._patience = patience

    async def targets(self, request: web.Request) -> web.StreamResponse:
        """All target groups, as addressed by this request."""
        published = self._surface.published()
        listed = self._directories.of(published)
        scheme, authority = self._reached(request)
        text = await self._bench.share(
            (scheme, authority),
            lambda: packed(_document(_groups(published, listed, self._base(scheme, authority)))),
        )
        return await deliver(request, text, "application/json", patience=self._patience)

    def _reached(self, request: web.Request) -> tuple[str, str]:
        """Scheme and ``host:port`` under which whoever asks reaches us, as far as can be told.

        An empty scheme leaves the choice to the scrape configuration: a proxy may add TLS.
        """
        if self._where.authority:
            return self._where.scheme, self._where.authority
        scheme = "https" if request.secure else ""
        host = request.headers.get(hdrs.HOST, "")
        return scheme, host if _AUTHORITY.fullmatch(host) else _own(request)

    def _base(self, scheme: str, authority: str) -> "_Base":
        labels = {"__metrics_path__": self._where.link("/probe")}
        return authority, labels | ({"__scheme__": scheme} if scheme else {})


_Base = tuple[str, dict[str, str]]


def _own(request: web.Request) -> str:
    """The address the connection came in on, for a client that names no host we could repeat."""
    sockname = request.transport.get_extra_info("sockname") if request.transport else None
    host, port, *_ = sockname or ("localhost", 0)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _groups(published: Published, listed: Directory, base: _Base) -> Iterator[dict[str, object]]:
    known = {
        (view.name, entity.id): entity
        for view in published.snapshot.organizations
        if view.discovery
        for entity in view.discovery.entities
    }
    authority, labels = base
    for entity_id, keys in listed.keys.items():
        organization = keys[0][0]
        about = _labels(keys[0], known.get((organization, entity_id)))
        own = {"__param_target": entity_id, "instance": f"{authority}/{entity_id}"}
        yield {"targets": [authority], "labels": {**labels, **own, **about}}


def _labels(key: Key, entity: Entity | None) -> dict[str, str]:
    """A report made elsewhere has no entity: Prometheus treats an empty label as none."""
    organization, subject = key
    about = {
        "organization": organization,
        "entity_id": subject.entity_id,
        "entity_type": entity.type.value if entity else "",
        "entity_name": entity.name if entity else "",
        "entity_path": entity.path if entity else "",
        "parent_id": entity.parent_id if entity else "",
        "account_state": entity.state if entity else "",
    }
    return {f"{_META}{name}": value for name, value in about.items()}


def _document(items: Iterator[dict[str, object]]) -> str:
    # Item by item: one call for all of a large organization would hold the interpreter for as long.
    return f"[{','.join(map(json.dumps, items))}]\n"
