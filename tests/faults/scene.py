"""One program with a state of its own, and all that can be done to it and to the machine below it."""

import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
from enum import StrEnum

from exporter.store.sqlite import SqliteStore
from tests.end_to_end.conftest import organization, running, wait_for
from tests.faults.aws import hostile_aws
from tests.faults.case import GET, finished
from tests.faults.replies import STALLS, edited

NAME = "mine"
LEAVE = 10.0  # s
_TARGETS = (
    "{root: {refresh: 3s}, ous: {refresh: 1h}, accounts: {refresh: 1h}, management_account: {enabled: false}}"
)
_COLLECTION = "collection: {discovery_interval: 4s, job_timeout: 30s}\n"
_AT_START = {"LD_PRELOAD", "TZ"}  # what a process looks at as it begins, and a fork never
_STALL = STALLS["no answer for 40 s"]
_RUNNING = edited("<JobStatus>COMPLETED</JobStatus>", "<JobStatus>IN_PROGRESS</JobStatus>")
_GENERATED = re.compile(
    r'^aws_org_access_report_generated_timestamp_seconds\{.*entity_id="([^"]+)".*\} (\S+)$', re.MULTILINE
)


class During(StrEnum):
    """What goes on when it happens."""

    START = "before anything is known"
    DISCOVERY = "in mid-discovery"
    JOB = "while a job runs"
    REPORT = "while a report is read"
    REST = "after good reports"


_ARMED = {
    During.START: ("DescribeOrganization", _STALL, lambda _: True),
    During.DISCOVERY: ("ListAccounts", _STALL, lambda _: True),
    During.JOB: (GET, _RUNNING, lambda _: True),
    During.REPORT: (GET, _STALL, finished),
}


class Scene:
    """``before`` is put in front of the program's command, ``surroundings`` into its environment."""

    def __init__(self, folder):
        self.folder = folder
        self.state = folder / "state" / "state.db"
        self.programs = []
        self.before = ()
        self.surroundings = {}
        self.credentials = True
        self.address = None
        self.pages = []
        self.complaints = []
        self.shown = {}
        self._running = contextlib.ExitStack()
        self._aws = contextlib.ExitStack()
        self.open_aws()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with self._aws, self._running:
            pass

    # AWS

    def open_aws(self, port=0, former=None):
        self.url, sites = self._aws.enter_context(hostile_aws([NAME], port=port))
        self.site = sites[NAME]
        if former:
            self.site.simulation = former.simulation

    def close_aws(self):
        """From now on nobody listens where AWS was."""
        self._aws.close()

    def reopen_aws(self):
        self.open_aws(int(self.url.rpartition(":")[2]), self.site)

    # The program

    @property
    def program(self):
        return self.programs[-1]

    @property
    def runs(self):
        return bool(self.programs) and self.program.process.poll() is None

    @property
    def log(self):
        return [line for program in self.programs for line in program.log]

    def start(self):
        """The program, as far as it gets: it may refuse to run."""
        endpoint = self.address or f"{self.url}/{NAME}"
        text = "organizations:\n" + organization(NAME, endpoint, targets=_TARGETS) + _COLLECTION
        (self.folder / "config.yml").write_text(text)
        arguments = [
            "serve",
            "--web.listen-address=127.0.0.1:0",
            f"--config.file={self.folder / 'config.yml'}",
            f"--state.url=sqlite:///{self.state}",
        ]
        options = {
            "before": self.before,
            "surroundings": self.surroundings,
            "anew": not _AT_START.isdisjoint(self.surroundings),
            "credentials": self.credentials,
        }
        program = self._running.enter_context(running(self.folder, *arguments, **options))
        self.programs.append(program)
        wait_for(lambda: program.url or program.process.poll() is not None, "the program to listen")

    def bring_to(self, during):
        """Start it, and let it come to this moment."""
        if during in _ARMED:
            operation, fault, when = _ARMED[during]
            self.site.arm(operation, fault, when=when)
            self.start()
            wait_for(lambda: not self.runs or self.site.met or self.is_down(), during)
        else:
            self.start()
            wait_for(lambda: not self.runs or self.collects(), during)
        self.look()

    def leave(self, number=signal.SIGTERM):
        """The exit code."""
        return self.program.stop(number, LEAVE)[0]

    def send(self, number):
        self.program.process.send_signal(number)

    # What is seen of it

    def look(self):
        """Nothing that was shown may go, or grow older."""
        if not self.runs:
            return
        page = self.program.metrics()
        self.pages.append(page)
        shown = {found[1]: float(found[2]) for found in _GENERATED.finditer(page)}
        self.complaints += [
            f"{entity} was {created}, is {shown.get(entity)}"
            for entity, created in self.shown.items()
            if shown.get(entity, 0.0) < created
        ]
        self.shown = shown

    def value(self, pattern):
        """The value of the first series that matches, now; None without one."""
        found = re.search(rf"^{pattern} (\S+)$", self.program.metrics(), re.MULTILINE)
        return float(found[1]) if found else None

    def is_up(self):
        return self.value(r"aws_org_access_up\{.*\}") == 1

    def keeps(self):
        return self.value(r"aws_org_access_exporter_state_available\{.*\}") == 1

    def is_down(self):
        return self.value(r"aws_org_access_up\{.*\}") == 0 and len(self.logged("organization.down")) == 1

    def logged(self, event):
        return [line for line in self.log if f"event={event} " in f"{line} "]

    def reports(self, state):
        return self.value(rf'aws_org_access_reports\{{.*state="{state}"\}}') or 0

    @property
    def well(self):
        return self.collects() and self.keeps()

    def collects(self):
        bad = any(self.reports(state) for state in ("failed", "pending", "stale"))
        return self.is_up() and not bad and self.reports("fresh") >= 3

    def kept(self):
        """What the state has of each entity, while nobody runs: when its report was made."""
        with contextlib.closing(SqliteStore(self.state)) as store:
            standings = store.recall(NAME).standings
        return {
            subject.entity_id: standing.report.created
            for subject, standing in standings.items()
            if standing.report
        }

    # The machine below it

    def limit_files(self, size):
        """No file of the program's may grow beyond so many bytes."""
        _, hard = resource.prlimit(self.program.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.program.process.pid, resource.RLIMIT_FSIZE, (size, hard))

    def set_clock(self, seconds):
        """The program's clock is so many seconds ahead."""
        (self.folder / "clock").write_text(f"{seconds:+d}")

    def with_a_clock(self):
        """Let the program have a clock that can be set; its steady one cannot, as with a real one."""
        self.set_clock(0)
        command = ["faketime", "-m", "-f", "+0", "printenv", "LD_PRELOAD"]
        library = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        self.surroundings |= {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def without_root(self):
        """Permissions hold for the program even if it is root's."""
        if os.geteuid() == 0:
            self.before = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")

    def with_keys(self, key):
        """Credentials come from a program; without a key it fails."""
        self.credentials = False
        (self.folder / "key").write_text(key)
        script = self.folder / "keys.py"
        script.write_text(_PROCESS)
        (self.folder / "aws").write_text(f"[default]\ncredential_process = {sys.executable} {script}\n")
        self.surroundings |= {"AWS_CONFIG_FILE": str(self.folder / "aws")}


_PROCESS = """import json, pathlib, sys
key = pathlib.Path(__file__).with_name("key").read_text()
if not key:
    sys.exit("no keys today")
print(json.dumps({"Version": 1, "AccessKeyId": key, "SecretAccessKey": "canary-secret",
    "SessionToken": "canary-token", "Expiration": "2036-01-01T00:00:00Z"}))
"""
