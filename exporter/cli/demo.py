"""``demo``: the daemon against a simulated organization in the same process."""

import os
from dataclasses import replace
from typing import Any

import click

from exporter.cli.serve import leave_quietly, listen_addresses, run, serve
from exporter.cli.simulate import simulation_options
from exporter.errors import UserError
from exporter.model import EntityType
from exporter.simulator import Endpoint, Fault, FaultKind, SimulationOptions, start

_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "simulated",
    "AWS_SECRET_ACCESS_KEY": "simulated",
    "AWS_EC2_METADATA_DISABLED": "true",
}
_FAILING = Fault(
    FaultKind.FAILED, code="INVALID_ORGANIZATIONS_ENTITY_PATH", message="The demo was asked to let this fail."
)
_STUCK = Fault(FaultKind.STUCK)
_CONFIG = """
organizations:
  - name: demo
    endpoints: {{iam: "{url}", organizations: "{url}", sts: "{url}"}}
    targets:
      root: {{refresh: {soon}}}
      ous: {{refresh: {soon}}}
      management_account: {{refresh: {later}}}
      accounts: {{refresh: {later}}}
collection: {{discovery_interval: {soon}, job_timeout: {timeout}}}
"""


@click.command("demo")
@simulation_options(
    speed=20.0,
    told="How many times faster than AWS's the report jobs are; at 20, OUs are renewed every minute.",
)
@click.option(
    "--failing-account", is_flag=True, help="After its first report, AWS fails to make one on an account."
)
@click.option("--stale-ou", is_flag=True, help="After its first report, AWS never finishes one on an OU.")
@listen_addresses()
def demo(
    *,
    failing_account: bool,
    stale_ou: bool,
    web_listen_address: tuple[str, ...],
    web_health_listen_address: str | None,
    **options: Any,
) -> None:
    """Run the exporter against a simulated organization.

    Needs no AWS account and no network; nothing it shows is real.
    """
    leave_quietly()
    with start(SimulationOptions(**options)) as simulation:
        click.echo(f"{simulation.url}/_simulation/faults takes what shall go wrong", err=True)
        if failing_account:
            _hit(simulation, EntityType.ACCOUNT, _FAILING)
        if stale_ou:
            _hit(simulation, EntityType.ORGANIZATIONAL_UNIT, _STUCK)
        _use_simulated_credentials()
        run(_flags(web_listen_address, web_health_listen_address), _config(simulation.url, options["speed"]))


def _hit(endpoint: Endpoint, kind: EntityType, fault: Fault) -> None:
    """Let ``fault`` strike the first entity of this kind, for good, once there is a report on it."""
    entities = endpoint.simulation.organization.entities.values()
    chosen = next((item for item in entities if item.type is kind and item.state in {"", "ACTIVE"}), None)
    if chosen is None:
        raise UserError(f"the demo has no {kind.replace('_', ' ').lower()} that could go wrong")
    endpoint.simulation.faults.add(replace(fault, entity=chosen.id, times=0, spare=1))


def _config(url: str, speed: float) -> Any:
    from exporter.config import parse  # noqa: PLC0415 - pydantic takes a while; --help has no use for it

    times = {"soon": _seconds(20 * 60 / speed), "later": _seconds(40 * 60 / speed)}
    return parse(_CONFIG.format(url=url, timeout=_seconds(400 / speed, at_least=5), **times), "demo")


def _seconds(seconds: float, *, at_least: float = 1) -> str:
    """A duration as the configuration has it."""
    return f"{round(max(at_least, seconds) * 1000)}ms"


def _use_simulated_credentials() -> None:
    # A profile would be preferred to the keys, and would send a real key's signature to the simulation.
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(_CREDENTIALS)


def _flags(addresses: tuple[str, ...], health: str | None) -> dict[str, Any]:
    """The flags of ``serve``: nothing is kept, and but for addresses all is as without a command line."""
    arguments = ["--state.url=memory:", *(f"--web.listen-address={address}" for address in addresses)]
    arguments += [f"--web.health-listen-address={health}"] if health else []
    context = serve.make_context("demo", arguments)
    return {**context.params, "config_file": None}
