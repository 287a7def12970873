"""Runs every case of the matrix at the same time, each in an organization of its own, in one daemon."""

import re
import time
from collections import defaultdict
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

from exporter.store import open_store
from tests.end_to_end.conftest import organization, running, wait_for
from tests.faults.aws import hostile_aws
from tests.faults.case import ASSUME, Moment

LONGEST = 900.0  # s for all cases together; on a machine with nothing else to do they take 180
TARGETS = (
    "{root: {refresh: 25s}, ous: {refresh: 1h, services: none}, accounts: {refresh: 1h, services: none},"
    " management_account: {enabled: false}}"
)
COLLECTION = "collection: {discovery_interval: 25s, job_timeout: 60s}\n"
# What is shown of reports is looked at all the time; what two hundred organizations count is dear to render.
LOOKS = ("/metrics?collect[]=reports", "/metrics?collect[]=reports", "/metrics")
# Without a beginning of a line, which Python would look for at every character.
_GENERATED = re.compile(
    r'aws_org_access_report_generated_timestamp_seconds\{.*entity_id="([^"]+)".*\} (\S+)$', re.MULTILINE
)


@dataclass
class Run:
    """One case under way: ``seen`` is its organization's part of the last whole page."""

    case: object
    site: object
    name: str
    state: str = "waiting"
    seen: str = ""
    shown: dict = field(default_factory=dict)
    complaints: list = field(default_factory=list)

    def value(self, pattern):
        found = re.search(rf"^{pattern} (\S+)$", self.seen, re.MULTILINE)
        return float(found[1]) if found else 0.0

    @property
    def up(self):
        return self.value(r"aws_org_access_up\{.*\}") == 1

    def count(self, state):
        return self.value(rf'aws_org_access_reports\{{.*state="{state}"\}}')

    @property
    def starved(self):
        """A call waited in vain, and no fault was why: the machine stood still for seconds."""
        late = r'aws_org_access_api_request_failures_total\{.*code="(?:Read|Connect)TimeoutError"\}'
        return self.value(late) > 0 and "Timeout" not in self.case.outcome.code

    @property
    def well(self):
        return self.up and not self.count("failed") and not self.count("pending") and self.count("fresh")

    def step(self, seen, log):
        """On to the next state, if this one's end is to be seen."""
        self.seen = seen
        if self.state == "waiting" and (self.case.moment is Moment.START or self.well):
            self.arm()
        elif self.state == "armed" and not self.missing(log):
            self.site.heal()
            self.state = "healed"
        elif self.state == "healed" and self.well:
            self.state = "done"

    def arm(self):
        self.site.arm(self.case.operation, self.case.fault, self.case.times, self.case.when)
        self.state = "armed"

    def missing(self, log):
        """What of the outcome cannot be seen (yet)."""
        wanted = self.case.outcome
        mine = "\n".join(line for line in log if self.name in line)
        labels = rf'\{{.*operation="{self.case.operation}",code="(?:{wanted.code})"\}}'
        counted = f"^aws_org_access_api_request_failures_total{labels}"
        tests = {
            "the fault": self.site.met >= max(1, self.case.times),
            "up": self.case.times or self.up == wanted.up,
            "failed": self.case.times or bool(self.count("failed")) == bool(wanted.failed),
            "counted": not wanted.code or re.search(counted, self.seen, re.MULTILINE),
            "logged": not wanted.logged or re.search(wanted.logged, mine),
            **{pattern: re.search(pattern, self.seen, re.MULTILINE) for pattern in wanted.lines},
            **{f"no {pattern}": not re.search(pattern, self.seen, re.MULTILINE) for pattern in wanted.lacks},
        }
        return [name for name, passed in tests.items() if not passed]

    def look(self, seen):
        """Nothing that was shown may go, or grow older."""
        shown = {found[1]: float(found[2]) for found in _GENERATED.finditer(seen)}
        for entity, created in self.shown.items():
            if shown.get(entity, 0.0) < created and not self.case.outcome.loses:
                self.complaints.append(f"{entity} was {created}, is {shown.get(entity)}")
        self.shown = shown

    def told(self, log, event):
        return [
            line for line in log if f"event={event}" in line and f"organization={self.name} " in f"{line} "
        ]


def parts(page):
    """The lines of a page by their organization."""
    found = defaultdict(list)
    for line in page.splitlines():
        _, label, rest = line.partition('organization="')
        if label and not line.startswith("#"):
            found[rest.partition('"')[0]].append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


def configured(run, url):
    role = {"role_arn": "arn:aws:iam::111122223333:role/reader", "external_id": "canary-external-id"}
    more = role if run.case.operation == ASSUME else {}
    return organization(run.name, f"{url}/{run.name}", targets=TARGETS, **more)


@dataclass
class Driven:
    """What came of it all."""

    runs: dict
    log: list
    pages: list
    code: int
    kept: dict


def _serving(folder, text):
    (folder / "config.yml").write_text(text)
    flags = [f"--config.file={folder / 'config.yml'}", f"--state.url=sqlite:///{folder / 'state.db'}"]
    return running(folder, "serve", "--web.listen-address=127.0.0.1:0", *flags)


def _kept(folder, names):
    """What a restart would find of each organization."""
    with closing(open_store(f"sqlite:///{folder / 'state.db'}")) as store:
        return {name: store.recall(name).standings for name in names}


def drive(folder, cases):
    """Run the cases until each is through, or ``LONGEST`` is over."""
    names = [f"case-{number:03}" for number in range(len(cases))]
    with ExitStack() as stack:
        url, sites = stack.enter_context(hostile_aws(names))
        runs = [Run(case, sites[name], name) for case, name in zip(cases, names, strict=True)]
        for run in runs:
            if run.case.moment is Moment.START:
                run.arm()
        text = "organizations:\n" + "".join(configured(run, url) for run in runs) + COLLECTION
        program = stack.enter_context(_serving(folder, text))
        wait_for(lambda: program.url, "two hundred organizations to start", LONGEST)
        pages = []
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline and any(run.state != "done" for run in runs):
            for path in LOOKS:
                time.sleep(2.0)
                page = program.get(path)[1]
                seen = parts(page)
                for run in runs:
                    run.look(seen.get(run.name, ""))
            pages = [*pages[-1:], page]
            for run in runs:
                run.step(seen.get(run.name, ""), program.log)
        pages += [program.metrics(), program.get("/")[1], program.get("/config")[1]]
        code, _ = program.stop(seconds=20.0)
    return Driven({run.case.id: run for run in runs}, program.log, pages, code, _kept(folder, names))
