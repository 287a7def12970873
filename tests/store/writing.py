"""What writers that are killed write: imported by them, so without any tool of the tests."""

import os
import signal
import sys
from dataclasses import replace

from exporter.model import JobStatus, JobView, Report, ServiceAccess, Standing, Subject
from exporter.store.sqlite import SqliteStore

ROWS = (ServiceAccess("s3", "Amazon S3", "eu-west-1", "o-org/r-exam/1", 17.25, 3), ServiceAccess("iam"))


def standing(number):
    """How a subject of that number stands."""
    report = Report(1.5, 9.5, 2, 1, (*ROWS, ServiceAccess(f"service-{number}")))
    return Standing(Subject(f"{number:012}"), report, JobView(JobStatus.COMPLETED, 1.5, 9.5))


def keep_and_die(path, count):
    """Keep so many, and die as if the power had gone: nothing is closed."""
    store = SqliteStore(path)
    lease = store.acquire("org")
    for number in range(count):
        store.keep(lease, standing(number))
    os.kill(os.getpid(), signal.SIGKILL)


def keep_on(path, begin, said):
    """Write without end, and tell of each writing that is done."""
    store = SqliteStore(path)
    lease = store.acquire("org")
    for number in range(begin, sys.maxsize):
        store.keep(lease, replace(standing(number % 500), failures=number))
        said.send(number)
