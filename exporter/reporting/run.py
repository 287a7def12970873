"""One run of ``report``."""

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TextIO

from exporter import __version__
from exporter.aws import configured
from exporter.credentials import attended
from exporter.errors import AwsError, CredentialsError
from exporter.model import Subject, Work
from exporter.output import (
    Reading,
    console,
    many_documents,
    one_document,
    paper,
    spreadsheet,
    table,
    textfile,
)
from exporter.output.reading import title
from exporter.reporting.advising import Advising
from exporter.reporting.asking import Answered, Asker
from exporter.reporting.progress import Waiting
from exporter.reporting.request import Form, Request, works

Tell = Callable[[str], None]


@attended()
def run(request: Request, out: TextIO, tell: Tell) -> int:
    """Ask for what is wanted, write it to ``out`` or into files, and give the exit code.

    ``tell`` takes lines about single reports of many that failed, and notes. Raises AwsError where all is
    lost by one failure.
    """
    aws = configured.organization(request.organization, lambda _: None, wire_times=True)
    asked = works(request.selection, aws)
    wanted = _missing(request, asked)
    aws.open_session(request.timeout)  # what has to be asked of somebody is, before there is a display
    advising = Advising(request, aws)
    with Waiting(len(wanted), quiet=request.quiet) as waiting:
        asker = Asker(aws, request.paging, request.timeout, waiting)
        if request.selection.many:
            readings, failures = _many(request, asker, wanted, tell, advising)
        else:
            answers = [asker.ask(work) for work in wanted]
    if not request.selection.many:  # after the display has left the terminal
        readings, failures = [_single(request, answered, out, tell, advising) for answered in answers], 0
    if not request.directory:
        _write(request, readings, out, advising)
    elif not request.quiet:
        tell(f"note: {_kept(request.directory, len(wanted) - failures, len(asked) - len(wanted))}")
    return min(failures, 1)


def _many(
    request: Request, asker: Asker, wanted: Iterable[Work], tell: Tell, advising: Advising
) -> tuple[list[Reading], int]:
    """The readings that are still to be written, and how many failed; each failure is told."""
    readings, failures = [], 0
    for work in wanted:
        try:
            reading = asker.ask(work).reading(request.organization.name)
        except CredentialsError:
            raise
        except AwsError as error:
            failures += 1
            tell(f"error: {title(work.subject, work.entity)}: {error}")
            continue
        if request.directory:
            _keep(request, reading, advising)
        else:
            readings.append(reading)
    return readings, failures


def _single(request: Request, answered: Answered, out: TextIO, tell: Tell, advising: Advising) -> Reading:
    document = answered.document
    if answered.job.report is None and document and request.form is Form.JSON:
        # As the AWS CLI does; that nothing is to be had is said on stderr and by the exit code.
        out.write(one_document(document))
    reading = answered.reading(request.organization.name)
    if document.get("IsTruncated") and not request.quiet:
        tell(f"note: there are more rows: --job-id {answered.job.job_id} --marker '{document.get('Marker')}'")
    if request.directory:
        _keep(request, reading, advising)
    return reading


def _missing(request: Request, wanted: Sequence[Work]) -> tuple[Work, ...]:
    """Those that an earlier run has not written already."""
    return tuple(work for work in wanted if not (request.directory and _file(request, work.subject).exists()))


def _kept(directory: Path, made: int, there: int) -> str:
    """What became of it, for people."""
    more = f"; {there} more {'was' if there == 1 else 'were'} there already" if there else ""
    return f"{made} {'report' if made == 1 else 'reports'} written to {directory}{more}"


def _file(request: Request, subject: Subject) -> Path:
    assert request.directory is not None
    return request.directory / f"{'_'.join(filter(None, subject))}.{request.form.ending}"


def _keep(request: Request, reading: Reading, advising: Advising) -> None:
    """Write a file that is whole, or not there at all, whatever interrupts."""
    file = _file(request, reading.subject)
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.unfinished")
    with unfinished.open("w", encoding="utf-8") as out:
        _write(request, [reading], out, advising, alone=True)
    unfinished.replace(file)


def _write(
    request: Request, readings: Sequence[Reading], out: TextIO, advising: Advising, *, alone: bool = False
) -> None:
    match request.form:
        case Form.TABLE:
            page = console(out)
            for reading in readings:
                page.print(table(reading, time.time(), in_order=request.paging.sort_key is not None))
                page.print()
        case Form.JSON if alone or not request.selection.many:
            for reading in readings:
                out.write(one_document(reading.document))
        case Form.JSON:
            out.write(many_documents(readings))
        case Form.CSV:
            out.write(spreadsheet(readings))
        case Form.PROMETHEUS:
            out.write(textfile(readings))
        case Form.HTML:
            out.write(paper(advising.leaves(readings), time.time(), __version__))
