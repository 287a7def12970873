"""``/api/v1``: the snapshot as JSON.

An answer is ``{"status": "success", "data": …}``, an error ``{"status": "error", "error": "…"}``. The data:

- ``/api/v1/entities``: ``{"organizations": […], "entities": […]}``
- ``/api/v1/reports/<entity id>[?policy_id=…]``: ``{"entities": […], "reports": […]}``. An id that several
  organizations share has one entity of each, a report made elsewhere has none.
- ``/api/v1/news[?since=…&kind=…&entity=…&service=…]``: ``{"news": […]}``, newest first, by
  ``exporter.web.newsroom``, its records by ``exporter.told``

The other records are those of ``exporter.web.records``.
"""

import json
from collections.abc import Iterable, Iterator

from aiohttp import web

from exporter.exposition import Body
from exporter.model import Snapshot, Work
from exporter.web import parameters
from exporter.web.bench import Bench
from exporter.web.delivery import Patience, deliver, packed
from exporter.web.records import Record, entity_records, organization_record, standing_record
from exporter.web.surface import Surface

_JSON = "application/json"


class Api:
    """Serves the snapshot as JSON."""

    def __init__(self, surface: Surface, bench: Bench, patience: Patience) -> None:
        self._surface = surface
        self._bench = bench
        self._patience = patience

    async def entities(self, request: web.Request) -> web.StreamResponse:
        """Every organization and every entity."""
        snapshot = self._surface.published().snapshot
        body = await self._bench.share("entities", lambda: _entities(snapshot))
        return await deliver(request, body, _JSON, patience=self._patience)

    async def reports(self, request: web.Request) -> web.StreamResponse:
        """Every report about one entity."""
        entity_id = request.match_info["entity_id"]
        policy_id = parameters.single(request.query, "policy_id")
        snapshot, now = self._surface.published().snapshot, self._surface.clock()
        body = await self._bench.run(lambda: _reports(snapshot, entity_id, policy_id, now))
        if body is None:
            raise web.HTTPNotFound(text=f"{_absence(entity_id, policy_id)}\n")
        return await deliver(request, body, _JSON, patience=self._patience)


def _absence(entity_id: str, policy_id: str | None) -> str:
    about = f" under the policy {policy_id!r}" if policy_id is not None else ""
    return f"no entity {entity_id!r} with a report{about} is known"


def _entities(snapshot: Snapshot) -> Body:
    views = snapshot.organizations
    listed = (record for view in views for record in entity_records(view))
    return success(organizations=map(organization_record, views), entities=listed)


def _reports(snapshot: Snapshot, entity_id: str, policy_id: str | None, now: float) -> Body | None:
    """None for an entity that nobody knows, or that was never to be seen under this policy."""
    views = snapshot.organizations
    entities = [record for view in views for record in entity_records(view, entity_id)]
    work = [(view, item) for view in views for item in view.work if _is_about(item, entity_id, policy_id)]
    if not work and (policy_id is not None or not entities):
        return None
    return success(
        entities=entities,
        reports=(standing_record(view, item, now) for view, item in work),
    )


def _is_about(item: Work, entity_id: str, policy_id: str | None) -> bool:
    return item.subject.entity_id == entity_id and policy_id in {None, item.subject.policy_id}


def success(**lists: Iterable[Record]) -> Body:
    """An answer with these lists as its data."""
    data = ",".join(f'"{name}":{_array(records)}' for name, records in lists.items())
    return packed(f'{{"status":"success","data":{{{data}}}}}\n')


def _array(records: Iterable[Record]) -> str:
    # Record by record: one call for all of a large organization would hold the interpreter for as long.
    texts: Iterator[str] = map(json.dumps, records)
    return f"[{','.join(texts)}]"
