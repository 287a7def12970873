"""Lifecycle: load, recall, listen, collect; reload on request; leave at once when told to."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from threading import Lock

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from exporter import __version__
from exporter.config import Config, Protection, masked_yaml
from exporter.daemon.clock import LOOK, ClockWatch
from exporter.daemon.configuration import ConfigSource
from exporter.daemon.organizations import Organizations, Surroundings
from exporter.daemon.service_manager import READY, RELOADING, STOPPING, ServiceManager
from exporter.errors import ConfigError, UserError
from exporter.garbage import INTERVAL, sweep_garbage, unsearched
from exporter.publication import Publication
from exporter.store import Store
from exporter.telemetry.instruments import Instruments
from exporter.web import Listeners, Surface, WebSettings

AGES_GRID = 30.0  # s between renewals of the ages: half of the minute they may be off
SWITCH_INTERVAL = 0.0005  # s a parsing thread may keep the event loop waiting; Python's own 0.005 adds up
LATE = {"misfire_grace_time": None, "coalesce": True}  # a job that is late is run once, however late
AUTO_RELOAD = 30.0  # s between looks at the configuration file

_log = structlog.get_logger()


class Daemon:
    """One process: any number of organizations, one set of listeners."""

    def __init__(
        self,
        source: ConfigSource,
        open_state: Callable[[], Store],
        settings: WebSettings,
        *,
        poll_interval: float,
        auto_reload: bool = False,
    ) -> None:
        """Everything that the user gave is judged here, before the state is touched; raises UserError."""
        self._source = source
        self._publication = Publication(time.time)
        self._instruments = Instruments()
        self._scheduler = BackgroundScheduler(timezone="UTC", daemon=True, job_defaults=LATE)
        self._auto_reload = auto_reload
        self._reloading = Lock()
        self._hang_ups = 0
        self._stopping = False
        self._manager = ServiceManager()
        self._config: Config = source.load()
        self._listeners = Listeners(self._surface(), settings)
        self._store = open_state()
        self._organizations = Organizations(
            Surroundings(self._publication, self._store, self._instruments, self._scheduler, poll_interval)
        )

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT; raises UserError where it cannot begin."""
        sys.setswitchinterval(SWITCH_INTERVAL)
        # Before anybody can ask: a scrape that found half of what is known would end the series of the rest.
        with unsearched():
            self._organizations.arrange(self._config)
        asyncio.run(self._run())

    async def _run(self) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        listeners = self._listeners
        await listeners.start()
        try:
            self._begin()
            loop.add_signal_handler(signal.SIGHUP, self._on_hang_up, loop)
            _log.info("exporter.started", version=__version__, listen=", ".join(listeners.addresses))
            self._manager.tell(READY)
            collecting = loop.run_in_executor(None, self._collect)
            collecting.add_done_callback(lambda ended: stop.set() if ended.exception() else None)
            await self._until(stop)
            self._stopping = True
            self._manager.tell(STOPPING)
            _log.info("exporter.stopping")
        finally:
            self._end()
            await listeners.stop()
        await collecting

    async def _until(self, stop: asyncio.Event) -> None:
        watch = ClockWatch(self._scheduler, self._publication.tick)
        while True:
            try:
                await asyncio.wait_for(stop.wait(), LOOK)
            except TimeoutError:
                await asyncio.to_thread(watch.look)
            else:
                return

    def _begin(self) -> None:
        self._instruments.series.set_function(lambda: self._publication.current.exposition.series)
        self._instruments.exposition_bytes.set_function(lambda: self._publication.current.exposition.length)
        self._scheduler.add_job(self._publication.tick, "interval", seconds=AGES_GRID, id="ages")
        self._scheduler.add_job(sweep_garbage, "interval", seconds=INTERVAL, id="garbage")
        if self._auto_reload:
            self._scheduler.add_job(self._look_at_config, "interval", seconds=AUTO_RELOAD, id="config")
        self._scheduler.start()
        self._loaded(self._config)

    def _collect(self) -> None:
        with self._reloading:
            self._organizations.start()

    def _end(self) -> None:
        self._organizations.stop()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        self._store.close()

    def _surface(self) -> Surface:
        return Surface(
            published=lambda: self._publication.current,
            own=self._instruments.sections,
            config_text=lambda: masked_yaml(self._config),
            reload=self.reload,
            stopping=lambda: self._stopping,
            clock=time.time,
            refresh=self._publication.tick,
            web_config_failed=self._instruments.web_config_failures.inc,
            protections=self._protections,
        )

    def _protections(self, name: str) -> tuple[Protection, ...]:
        return self._config.protections(name)

    def reload(self) -> None:
        """Load the configuration again and run it; raises UserError and changes nothing if it is bad."""
        with self._reloading:
            self._hang_ups = 0
            try:
                self._apply(self._source.load())
            except UserError as error:
                if not isinstance(error, ConfigError):
                    self._source.forget()
                self._instruments.reload_successful.set(0)
                _log.error("config.refused", reason=str(error))
                raise
            _log.info("config.loaded")

    def _apply(self, config: Config) -> None:
        self._organizations.apply(config)
        self._loaded(config)

    def _loaded(self, config: Config) -> None:
        self._config = config
        for line in self._source.doubts(config):
            _log.warning("config.doubtful", reason=line)
        self._instruments.reload_successful.set(1)
        self._instruments.reload_timestamp.set_to_current_time()

    def _on_hang_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """Reload, unless a reload that has not looked at the file yet is waiting for its turn."""
        self._hang_ups += 1
        if self._hang_ups == 1:
            loop.run_in_executor(None, self._hang_up)

    def _hang_up(self) -> None:
        self._manager.tell(
            f"{RELOADING}\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}"
        )
        try:
            self.reload()
        except UserError:
            return  # logged and counted where it was raised; there is nobody to answer
        finally:
            self._manager.tell(READY)

    def _look_at_config(self) -> None:
        if self._source.changed():
            self._hang_up()
