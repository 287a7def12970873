"""A simulated AWS for demos and tests: IAM's access reports, Organizations and STS over real HTTP.

It never runs in a daemon that was not told to speak to it.

::

    with start(SimulationOptions(accounts=30)) as aws:
        client = boto3.client("iam", endpoint_url=aws.url, ...)
        aws.simulation.faults.add(Fault(FaultKind.THROTTLE, "ListAccounts", times=2))

Needs the extra ``[demo]``.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exporter.errors import UserError
from exporter.simulator.faults import Fault, FaultKind
from exporter.simulator.options import SimulationOptions

if TYPE_CHECKING:
    from exporter.simulator.simulation import Simulation

__all__ = ["Endpoint", "Fault", "FaultKind", "SimulationOptions", "start"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a simulation answers; ``url`` is for every API."""

    url: str
    port: int
    simulation: "Simulation"


@contextlib.contextmanager
def start(options: SimulationOptions, host: str = "127.0.0.1", port: int = 0) -> Iterator[Endpoint]:
    """A simulated AWS while the context lasts; port 0 takes a free one.

    Raises UserError if the extra is not installed or the address cannot be listened on.
    """
    try:
        # Only here: whoever asks for --help need not have moto, nor wait for it.
        from exporter.simulator.control import PREFIX, control  # noqa: PLC0415
        from exporter.simulator.server import serving  # noqa: PLC0415
        from exporter.simulator.simulation import Simulation  # noqa: PLC0415
    except ImportError as error:
        message = f"the simulation needs the extra [demo]: pip install 'org-access-exporter[demo]' ({error})"
        raise UserError(message) from error
    simulation = Simulation(options)
    with serving(
        host,
        port,
        lambda request: (
            control(simulation, request) if request.path.startswith(PREFIX) else simulation.answer(request)
        ),
    ) as bound:
        shown = f"[{host}]" if ":" in host else host
        yield Endpoint(f"http://{shown}:{bound}", bound, simulation)
