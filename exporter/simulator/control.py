"""``/_simulation/…``: what Python reaches by attributes, for programs on the other side of the network.

::

    GET    /_simulation/calls      {"counts": {"iam:GetOrganizationsAccessReport": 3, …}}
    DELETE /_simulation/calls      forget them
    GET    /_simulation/faults     the faults still to come
    PUT    /_simulation/faults     [{"kind": "throttle", "operation": "ListAccounts", "times": 2}, …]
    POST   /_simulation/faults     the same, in addition to those that wait already
    DELETE /_simulation/faults     none any more
    GET    /_simulation/denied     ["organizations:ListRoots", …]: permissions that callers lack
    PUT    /_simulation/denied     lack these from now on, and no others
"""

import json
from typing import Any

from pydantic import TypeAdapter, ValidationError

from exporter.simulator.faults import Fault
from exporter.simulator.messages import Answer, Request
from exporter.simulator.simulation import Simulation

PREFIX = "/_simulation/"
_JSON = "application/json"
_FAULTS = TypeAdapter(list[Fault])
_ACTIONS = TypeAdapter(set[str])


def control(simulation: Simulation, request: Request) -> Answer:
    match request.method, request.path.removeprefix(PREFIX):
        case "GET", "calls":
            return _json({"counts": _counts(simulation)})
        case "DELETE", "calls":
            simulation.calls.clear()
        case "GET", "faults":
            pass
        case "DELETE", "faults":
            simulation.faults.clear()
        case (("PUT" | "POST"), "faults"):
            return _set_faults(simulation, request)
        case (("GET" | "PUT"), "denied"):
            return _denied(simulation, request)
        case _, ("calls" | "faults" | "denied"):
            return _json({"error": f"{request.method} is not for {request.path}"}, 405)
        case _:
            return _json({"error": f"there is no {request.path}"}, 404)
    return _waiting(simulation)


def _set_faults(simulation: Simulation, request: Request) -> Answer:
    try:
        faults = _FAULTS.validate_json(request.body)
    except ValidationError as error:
        return _json({"error": str(error)}, 400)
    if request.method == "PUT":
        simulation.faults.clear()
    simulation.faults.add(*faults)
    return _waiting(simulation)


def _denied(simulation: Simulation, request: Request) -> Answer:
    try:
        if request.method == "PUT":
            simulation.denied = _ACTIONS.validate_json(request.body)
    except ValidationError as error:
        return _json({"error": str(error)}, 400)
    return _json(sorted(simulation.denied))


def _waiting(simulation: Simulation) -> Answer:
    return _json(_FAULTS.dump_python(list(simulation.faults.waiting), mode="json"))


def _counts(simulation: Simulation) -> dict[str, int]:
    return {f"{api}:{operation}": count for (api, operation), count in simulation.calls.counts.items()}


def _json(content: Any, status: int = 200) -> Answer:
    return Answer(status, _JSON, json.dumps(content).encode())
